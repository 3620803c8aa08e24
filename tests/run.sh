#!/usr/bin/env bash
# The one test command: builds, checks and tests everything, on a laptop as in CI. Its last line is the sum.
# Usage: bash tests/run.sh [Release|Debug]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

configuration=${1:-Release}
results=artifacts/tests
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
export MSBUILDDISABLENODEREUSE=1 # a build server left behind would keep this script's output open

say() { printf '\n== %s\n' "$*"; }

need_sdk() {
  local version
  version=$(dotnet --version 2>/dev/null) || { echo "The .NET 10 SDK is needed: dotnet was not found." >&2; exit 1; }
  case $version in
    10.*) echo "SDK $version, $(nproc) processors, $(uname -sr)" ;;
    *) echo "The .NET 10 SDK is needed; this is $version." >&2; exit 1 ;;
  esac
}

# Some tests need tools beside the SDK; without a tool its tests are skipped and say so.
need_tools() {
  local missing=()
  command -v strace >/dev/null || missing+=(strace)
  command -v script >/dev/null || missing+=(bsdutils)
  command -v ps >/dev/null || missing+=(procps)
  command -v mkfs.ext4 >/dev/null || missing+=(e2fsprogs)
  command -v losetup >/dev/null || missing+=(mount)
  if [ ${#missing[@]} -eq 0 ]; then
    return
  fi
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "installing ${missing[*]}"
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q "${missing[@]}"; } \
      >/dev/null 2>&1 </dev/null || echo "NOTICE: could not install ${missing[*]}: tests that need them are skipped"
  else
    echo "NOTICE: ${missing[*]} missing and this is not root with apt-get: tests that need them are skipped"
  fi
}

build() {
  dotnet restore Fiq.sln --locked-mode </dev/null
  # Warnings are errors here, formatting (IDE0055) and unused usings among them.
  dotnet build Fiq.sln -c "$configuration" --no-restore -nodeReuse:false </dev/null
}

# One project after the other: each has the machine for itself. What is counted line by line is slower by half, so
# coverage is measured when FIQ_COVERAGE=1 asks for it, of the unit tests and the scenarios of the command line.
run_tests() {
  local project name coverage
  broken=0
  rm -rf "$results"
  for project in tests/*/*.csproj; do
    name=$(basename "$project" .csproj)
    say "test $name"
    coverage=()
    case ${FIQ_COVERAGE:-0}$name in
      1Fiq.Core.Tests | 1Fiq.Cli.Tests) coverage=(--collect "XPlat Code Coverage") ;;
    esac
    dotnet test "$project" -c "$configuration" --no-build --results-directory "$results/$name" \
      --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" "${coverage[@]}" \
      --blame-hang-timeout 15m --blame-hang-dump-type none </dev/null || broken=$((broken + 1))
    echo "after $((SECONDS / 60)) min $((SECONDS % 60)) s"
  done
}

main() {
  need_sdk
  need_tools
  say "build ($configuration)"
  build
  run_tests
  if [ "${FIQ_COVERAGE:-0}" = 1 ]; then
    say "coverage of src"
    find "$results" -name coverage.cobertura.xml -print0 | xargs -0 -r awk -f tests/coverage.awk
  fi
  say "result"
  find "$results" -name '*.trx' -print0 | xargs -0 -r cat | awk -v broken="$broken" -f tests/sum.awk
}

main

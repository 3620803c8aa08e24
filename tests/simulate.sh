#!/usr/bin/env bash
# Crashes of simulated machines without end, or one of them again.
# Usage: bash tests/simulate.sh MINUTES
#        FIQ_SIM='scenario:seed' bash tests/simulate.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [ -z "${FIQ_SIM:-}" ]; then
  export FIQ_SIM_MINUTES=${1:?how many minutes?}
fi
export MSBUILDDISABLENODEREUSE=1
dotnet test tests/Fiq.Simulation -c Release --filter FullyQualifiedName~CrashStates \
  --logger "console;verbosity=detailed"

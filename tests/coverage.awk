# Reads cobertura files of several test projects and prints the line and branch coverage of their union, per room.
# A line counts as covered when any project ran it; of its branches the most that one project took.

function attribute(name,    at) {
  at = match($0, " " name "=\"[^\"]*\"")
  return at ? substr($0, at + length(name) + 3, RLENGTH - length(name) - 4) : ""
}

function percent(part, whole) { return whole ? 100 * part / whole : 100 }

function room(path,    parts, count) {
  count = split(path, parts, "/")
  return count > 3 ? parts[2] "/" parts[3] : parts[2]
}

FNR == 1 { source = "" }

/<source>/ && source == "" {
  source = $0
  sub(/^.*<source>/, "", source); sub(/<\/source>.*$/, "", source)
}

/<class / {
  file = attribute("filename")
  if (file !~ /^\//) { file = source (source ~ /\/$/ ? "" : "/") file }
  ours = match(file, /\/src\/[^\/]+\//) && file !~ /\/obj\//
  if (ours) { file = substr(file, RSTART + 1) }
}

/<line / && ours {
  line = file ":" attribute("number")
  if (!(line in hits) || attribute("hits") + 0 > hits[line]) { hits[line] = attribute("hits") + 0 }
  condition = attribute("condition-coverage")
  if (condition != "") {
    sub(/^.*\(/, "", condition); sub(/\)$/, "", condition)
    split(condition, taken, "/")
    branches[line] = taken[2]
    if (!(line in reached) || taken[1] + 0 > reached[line]) { reached[line] = taken[1] + 0 }
  }
}

END {
  for (line in hits) {
    place = room(line)
    places[place]; lines[place]++; allLines++
    if (hits[line] > 0) { run[place]++; allRun++ }
    if (line in branches) {
      ways[place] += branches[line]; allWays += branches[line]
      went[place] += reached[line]; allWent += reached[line]
    }
  }
  for (place in places) {
    printf "%-24s lines %5.1f %% of %5d   branches %5.1f %% of %5d\n", place, \
      percent(run[place], lines[place]), lines[place], percent(went[place], ways[place]), ways[place] | "sort"
  }
  close("sort")
  printf "%-24s lines %5.1f %% of %5d   branches %5.1f %% of %5d\n", "all of src", \
    percent(allRun, allLines), allLines, percent(allWent, allWays), allWays
}

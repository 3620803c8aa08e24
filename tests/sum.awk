# Reads trx files: prints what was measured and what was skipped and why; the last line is the sum.
# Fails when a test failed, when none passed, or when a run ended without saying what failed (-v broken=N).

function attribute(name,    at) {
  at = match($0, " " name "=\"[^\"]*\"")
  return at ? substr($0, at + length(name) + 3, RLENGTH - length(name) - 4) : ""
}

function plain(text) {
  sub(/^.*<(Message|StdOut)>/, "", text)
  sub(/<\/(Message|StdOut)>.*$/, "", text)
  gsub(/&quot;/, "\"", text); gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&amp;/, "\\&", text)
  return text
}

/<UnitTestResult / { name = attribute("testName"); outcome = attribute("outcome") }
/measured: / { text = plain($0); sub(/^.*measured: /, "", text); print "measured: " text }
/<Message>/ && outcome == "NotExecuted" { print "skipped: " name ": " plain($0); outcome = "" }
/<Counters / {
  total += attribute("total"); ran += attribute("executed")
  passed += attribute("passed"); failed += attribute("executed") - attribute("passed")
}

END {
  if (broken > 0 && failed == 0) {
    print "a test run ended before it could say what failed"
    failed = broken
  }
  printf "%d passed, %d failed, %d skipped\n", passed, failed, total - ran
  exit failed > 0 || passed == 0
}

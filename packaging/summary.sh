#!/bin/bash
# Adds up the reports of Surefire and Failsafe, so that the last line of a run says how many tests ran.
set -euo pipefail
cd "$(dirname "$0")/.."
awk '
  match($0, /<testsuite [^>]*>/) {
    line = substr($0, RSTART, RLENGTH)
    tests += value(line, "tests"); failures += value(line, "failures") + value(line, "errors")
    skipped += value(line, "skipped")
  }
  function value(text, name) {
    return match(text, " " name "=\"[0-9]+\"") ? substr(text, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0
  }
  END {
    printf "%d passed, %d failed, %d skipped\n", tests - failures - skipped, failures, skipped
    exit !(tests > 0 && failures == 0 && skipped == 0)
  }' $(find . -path '*/target/*-reports/TEST-*.xml' ! -path './.git/*' | sort)

#!/bin/bash
# Reads `ballast events -o json` and prints the parts of the last relieved spike, given when its load was switched on.
#
#   timeline.sh T0_EPOCH_MILLIS [--csv]
set -euo pipefail
jq -rs --argjson t0 "$1" --arg form "${2:-}" '
  [.[] | select(.kind == "spike-relieved")] | last
  | if . == null then error("no spike was relieved") else .details end
  | [$t0, (.t1EpochMillis, .t2EpochMillis, .t3EpochMillis, .t4EpochMillis, .t5EpochMillis | tonumber)] as $t
  | [$t[1] - $t[0], $t[2] - $t[1], $t[3] - $t[2], $t[4] - $t[3], $t[5] - $t[4], $t[5] - $t[0]] as $d
  | if $form == "--csv" then $d | map(tostring) | join(",")
    else
      "t0 load on",
      "t1 first sample above the threshold   +\($d[0]) ms",
      "t2 alert received (after its hold)    +\($d[1]) ms",
      "t3 plan stored                        +\($d[2]) ms",
      "t4 outcome received                   +\($d[3]) ms",
      "t5 first sample below the threshold   +\($d[4]) ms",
      "from load on to relief                 \($d[5]) ms"
    end'

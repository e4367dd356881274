#!/bin/bash
# How long each action takes on real libvirt and Open vSwitch (in the agent, and from the command's departure to its
# outcome, with the journal's fsyncs), against the same change by virsh or ovs-vsctl in the same run. Run as root.
#
#   packaging/bench/actions.sh [ROUNDS]      (40)
set -euo pipefail
. "$(dirname "$0")/../setup.sh"
rounds=${1:-40}
need_root
find_jdk
trap '"$lab" down' EXIT
trap 'exit 130' INT TERM
cd "$root"
out=$(mktemp)
mvn -B -q -Dstyle.color=never -Pquick -pl agent,coordinator,packaging/it -am -DskipUnitTests=true verify \
  -Dit.test=ActionFigures -Dfailsafe.failIfNoSpecifiedTests=false \
  -Dballast.figures.rounds="$rounds" -Dballast.figures.out="$out" >"$out.log" 2>&1 ||
  { tail -40 "$out.log"; exit 1; }
cat "$out"
rm -f "$out" "$out.log"

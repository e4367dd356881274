#!/bin/bash
# The time from a load spike to its relief, in its parts, over N spikes: three guests that burn 40 % each crowd CPU 0 of
# lab host h1, the agent alerts, the coordinator re-pins. Run as root.
#
#   packaging/bench/spikes.sh [COUNT]      (20)
set -euo pipefail
. "$(dirname "$0")/../setup.sh"
. "$(dirname "$0")/../lab/cluster.sh"
count=${1:-20}
vms=(web-1 web-2 web-3)
need_root
find_jdk
need_packages jq
trap '"$lab" down' EXIT
trap 'exit 130' INT TERM

prepare() {
  local vm
  "$lab" down
  "$lab" up 1
  cluster_init auto h1
  start_coordinator
  start_agent h1
  await_agents 1
  mkdir -p "$cluster_dir/specs"
  for vm in "${vms[@]}"; do guest_yaml "$vm" h1 >"$cluster_dir/specs/$vm.yaml"; done
  ballast apply -f "$cluster_dir/specs" --run >/dev/null
  for vm in "${vms[@]}"; do "$lab" wait-guest h1 "$vm" 90; done
}

relieved() { ballast events --past 1000 -o json | jq -s '[.[] | select(.kind == "spike-relieved")] | length'; }

spike() { # NUMBER
  local vm before tries=0 started jobs=()
  before=$(relieved)
  for vm in "${vms[@]}"; do ballast pin "$vm" --vcpu 0=0 --emulator 0 --once --run >/dev/null; done
  started=$(date +%s%3N)
  for vm in "${vms[@]}"; do "$lab" load h1 "$vm" 40 & jobs+=($!); done
  wait "${jobs[@]}"
  until [ "$(relieved)" -gt "$before" ]; do
    [ $((tries += 1)) -le 60 ] || die "spike $1 was not relieved" "see $cluster_dir/coordinator.log"
    sleep 1
  done
  ballast events --past 1000 -o json | "$root/packaging/lab/timeline.sh" "$started" --csv >>"$cluster_dir/spikes.csv"
  tail -1 "$cluster_dir/spikes.csv"
  jobs=()
  for vm in "${vms[@]}"; do "$lab" load h1 "$vm" 0 & jobs+=($!); done
  wait "${jobs[@]}"
  sleep 6 # so that the next spike begins with calm samples
}

prepare
for number in $(seq 1 "$count"); do spike "$number"; done
echo "part p50 p95 (milliseconds, $count spikes)"
names=(t0-t1:load-to-first-sample t1-t2:hold-and-alert t2-t3:decide t3-t4:execute t4-t5:first-calm-sample t0-t5:whole)
for column in 1 2 3 4 5 6; do
  cut -d, -f$column "$cluster_dir/spikes.csv" | sort -n |
    awk -v n="${names[column - 1]}" '{ v[NR] = $1 } END { print n, v[int((NR + 1) / 2)], v[int(NR * 0.95 + 0.999)] }'
done

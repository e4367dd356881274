#!/bin/bash
# What an agent costs while guests run: RSS, PSS and processor time over N seconds, and what libvirt's bulk statistics
# would cost for the same guests; then its start-up and the command line's. Real libvirt, SeaBIOS guests of 32 MiB in
# lab host h1, telemetry at 1 Hz over TLS. Run as root.
#
#   packaging/bench/footprint.sh [SECONDS [GUESTS...]]      (300 10); several numbers of guests must grow
set -euo pipefail
. "$(dirname "$0")/../setup.sh"
. "$(dirname "$0")/../lab/cluster.sh"
seconds=${1:-300}
counts=("${@:2}")
[ ${#counts[@]} -gt 0 ] || counts=(10)
need_root
find_jdk
trap '"$lab" down' EXIT
trap 'exit 130' INT TERM

seabios_xml() { # NAME
  cat <<END
<domain type='qemu'><name>$1</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features>
<devices><emulator>$guest_files/bin/qemu-lab</emulator><controller type='usb' model='none'/>
<memballoon model='virtio'/></devices></domain>
END
}

agent_pid() { pgrep -f "^[^ ]*java .*ballast-agent.jar run --config $cluster_dir/hosts/h1/" | head -1; }
cpu_ticks() { awk '{ sub(/^.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }
pss_kib() { awk '/^Pss:/ { print $2 }' "/proc/$1/smaps_rollup"; }
rss_kib() { awk '/^VmRSS:/ { print $2 }' "/proc/$1/status"; }
peak_kib() { awk '/^VmHWM:/ { print $2 }' "/proc/$1/status"; }

started_guests=0
start_guests() { # COUNT: so many in all
  while [ "$started_guests" -lt "$1" ]; do
    started_guests=$((started_guests + 1))
    seabios_xml "foot-$started_guests" >"$cluster_dir/foot.xml"
    "$lab" exec h1 virsh -q create "$cluster_dir/foot.xml"
  done
}

bulk_millis() { # OPTION...: median of nine calls over one connection of virsh, less what its start costs
  "$lab" exec h1 bash -c '
    run() { local i s e; for i in 1 2 3 4 5 6 7 8 9; do s=$EPOCHREALTIME; virsh -q "$@" >/dev/null; e=$EPOCHREALTIME
      echo $((${e/./} - ${s/./})); done | sort -n | sed -n 5p; }
    echo $((($(run domstats "$@") - $(run version)) / 1000))' bash "$@"
}

measure() {
  local before after wall started
  before=$(cpu_ticks "$pid")
  started=$EPOCHREALTIME
  sleep "$seconds"
  after=$(cpu_ticks "$pid")
  wall=$(awk -v a="$started" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }')
  printf '%s guests: agent CPU %s %% of one CPU over %d s, RSS %d MiB (peak %d), PSS %d MiB; ' \
    "$("$lab" exec h1 virsh -q list --name | grep -c foot)" \
    "$(awk -v t=$((after - before)) -v w="$wall" 'BEGIN { printf "%.2f", t / w }')" "${wall%.*}" \
    $(($(rss_kib "$pid") / 1024)) $(($(peak_kib "$pid") / 1024)) $(($(pss_kib "$pid") / 1024))
  printf 'bulk statistics: vCPUs %s ms, balloon, disks and cards %s ms\n' \
    "$(bulk_millis --cpu-total --vcpu --nowait)" "$(bulk_millis --balloon --block --interface --nowait)"
}

"$lab" down
"$lab" up 1
cluster_init recommend h1
start_guests "${counts[0]}"
start_coordinator
start_agent h1
await_agents 1
pid=$(agent_pid)
echo "CPU until connected: $(($(cpu_ticks "$pid") * 10)) ms"
for count in "${counts[@]}"; do
  start_guests "$count"
  sleep 30 # start-up is not what the agent costs day by day
  measure
done
time_command() { # NAME COMMAND...: median of five, wall and CPU
  local name=$1 i; shift
  for i in 1 2 3 4 5; do
    { TIMEFORMAT='%R %U %S'; time "$@" >/dev/null 2>&1; } 2>&1
  done | sort -n | awk -v n="$name" 'NR == 3 { printf "%s: %.2f s wall, %.2f s CPU\n", n, $1, $2 + $3 }'
}
time_command "ballast hosts" ballast hosts
time_command "ballast --help" "$bin/ballast" --help
time_command "ballast-agent version" "$bin/ballast-agent" --version

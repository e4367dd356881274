#!/bin/bash
# What an agent costs with ten guests: RSS, PSS and processor time over N seconds, and its start-up and the command
# line's. Real libvirt, ten SeaBIOS guests of 32 MiB in lab host h1, telemetry at 1 Hz over TLS. Run as root.
#
#   packaging/bench/footprint.sh [SECONDS]      (300)
set -euo pipefail
. "$(dirname "$0")/../setup.sh"
. "$(dirname "$0")/../lab/cluster.sh"
seconds=${1:-300}
guests=10
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

agent_pid() { pgrep -f "dev.ballast.agent|ballast-agent.jar run --config $cluster_dir/hosts/h1" | head -1; }
cpu_ticks() { awk '{ sub(/^.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }
pss_kib() { awk '/^Pss:/ { print $2 }' "/proc/$1/smaps_rollup"; }
rss_kib() { awk '/^VmRSS:/ { print $2 }' "/proc/$1/status"; }
peak_kib() { awk '/^VmHWM:/ { print $2 }' "/proc/$1/status"; }

"$lab" down
"$lab" up 1
for i in $(seq 1 $guests); do
  seabios_xml "foot-$i" >"${TMPDIR:-/tmp}/foot.xml"
  "$lab" exec h1 virsh -q create "${TMPDIR:-/tmp}/foot.xml"
done
cluster_init recommend h1
start_coordinator
start_agent h1
await_agents 1
pid=$(agent_pid)
start_cpu=$(cpu_ticks "$pid")
echo "CPU until connected: $((start_cpu * 10)) ms"
sleep 30 # start-up is not what the agent costs day by day
before=$(cpu_ticks "$pid")
started=$EPOCHREALTIME
sleep "$seconds"
after=$(cpu_ticks "$pid")
wall=$(awk -v a="$started" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }')
awk -v t=$((after - before)) -v w="$wall" 'BEGIN { printf "agent CPU: %.2f %% of one CPU over %d s\n", t / w, w }'
echo "agent RSS: $(($(rss_kib "$pid") / 1024)) MiB (peak $(($(peak_kib "$pid") / 1024))), PSS: $(($(pss_kib "$pid") / 1024)) MiB"
echo "guests: $("$lab" exec h1 virsh -q list --name | grep -c foot)"
time_command() { # NAME COMMAND...: median of five, wall and CPU
  local name=$1 i; shift
  for i in 1 2 3 4 5; do
    { TIMEFORMAT='%R %U %S'; time "$@" >/dev/null 2>&1; } 2>&1
  done | sort -n | awk -v n="$name" 'NR == 3 { printf "%s: %.2f s wall, %.2f s CPU\n", n, $1, $2 + $3 }'
}
time_command "ballast hosts" ballast hosts
time_command "ballast --help" "$bin/ballast" --help
time_command "ballast-agent version" "$bin/ballast-agent" --version

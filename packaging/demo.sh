#!/bin/bash
# Shows Ballast's main job on this machine with real libvirt, QEMU, KSM and cgroups: three hosts in a lab, four guests
# placed and pinned, KSM switched and rolled back, a load spike relieved by re-pinning, and one that no pins can relieve
# by a live migration. Run as root on Debian 12; takes about 6 minutes, some of them the first build. Cleans up behind
# itself.
#
#   packaging/demo.sh          show all
#   packaging/demo.sh --keep   leave the lab running at the end and say what to try next
set -euo pipefail
. "$(dirname "$0")/setup.sh"
. "$(dirname "$0")/lab/cluster.sh"
cd "$root"
keep=false
quiet_seconds=${BALLAST_DEMO_QUIET_SECONDS:-20}
case ${1:-} in
  '') ;;
  --keep) keep=true ;;
  *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 2 ;;
esac
need_root
find_jdk
demo_started=$EPOCHSECONDS
specs=$cluster_dir/specs

cleanup() {
  local status=$?
  trap - EXIT
  if [ $status != 0 ] || ! $keep; then
    "$lab" down || true
    [ $status != 0 ] || rm -rf "$cluster_dir"
  fi
  [ $status = 0 ] || echo "demo.sh: ended early (exit $status); logs are in $cluster_dir" >&2
  exit $status
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() { printf '\n\033[1m# %s\033[0m\n' "$*" | if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9;]*m//g'; fi; }
show() { printf '$ ballast %s\n' "$*"; ballast "$@"; }
now_millis() { date +%s%3N; }

operation_of() { sed -n 's/.*\(op-[0-9]*\).*/\1/p' "$1" | tail -1; }

prepare() {
  say "Preparing: packages, guest, build (the first time takes minutes)"
  need_packages maven jq
  packaging/lab/install.sh
  if [ -z "$(find core proto agent coordinator pom.xml -newer coordinator/target/ballast-coordinator.jar \
    \( -name '*.java' -o -name '*.proto' -o -name pom.xml -o -name '*.sql' \) -print -quit 2>&1)" ] &&
    [ -s agent/target/ballast-agent.jar ]; then
    echo "the jars are up to date"
  else
    mvn -B -q -Dstyle.color=never -DskipTests -pl agent,coordinator -am package
  fi
}

start() {
  say "Three hosts, each with its own libvirt, Open vSwitch and a budget of 150 % of a CPU for its guests"
  "$lab" down
  "$lab" up 3
  say "A coordinator with its own certificate authority and embedded store, and an agent on each host"
  cluster_init auto h1 h2 h3
  # twice the default hold time, so that there is time to look at the spike before it is relieved
  sed -i 's/holdMillis: 3000/holdMillis: 6000/' "$cluster_dir"/hosts/*/agent.yaml
  start_coordinator
  start_agent h1
  start_agent h2
  start_agent h3
  await_agents 3
  show hosts
  show topology h1
}

place() {
  local vm host=h1
  say "Four VMs as YAML: three bound to h1, one free"
  mkdir -p "$specs"
  for vm in web-1 web-2 web-3 db-1; do
    [ $vm != db-1 ] || host=
    guest_yaml $vm $host >"$specs/$vm.yaml"
  done
  cat "$specs/web-1.yaml"
  say "What would happen"
  show plan -f "$specs"
  say "Do it"
  show apply -f "$specs" --run
  for vm in web-1 web-2 web-3; do "$lab" wait-guest h1 $vm 90; done
  "$lab" wait-guest "$(host_of db-1)" db-1 90
  show vms
  say "A second plan of the same folder is empty"
  show plan -f "$specs"
}

host_of() { ballast vms "$1" -o json | sed -n 's/.*"host": *"\([^"]*\)".*/\1/p' | head -1; }

ksm() {
  local operation
  say "KSM: on everywhere, then off by plan, then that rolled back"
  show ksm on --run
  show ksm off --run | tee "$cluster_dir/ksm-off.out"
  operation=$(operation_of "$cluster_dir/ksm-off.out")
  for host in h1 h2 h3; do echo "$host: run=$("$lab" exec $host cat /sys/kernel/mm/ksm/run)"; done
  show rollback "$operation" --run
  for host in h1 h2 h3; do echo "$host: run=$("$lab" exec $host cat /sys/kernel/mm/ksm/run)"; done
}

spike() {
  local vm started
  say "The spike: the three guests of h1 crowd its front CPU (CPU 0) while the rear one (CPU 1) idles"
  for vm in web-1 web-2 web-3; do ballast pin $vm --vcpu 0=0 --emulator 0 --once --run >/dev/null; done
  show topology h1
  ballast events -o json >"$cluster_dir/events-before.json"
  started=$(now_millis)
  for vm in web-1 web-2 web-3; do "$lab" load h1 $vm 40 & done
  wait_loads
  say "Each now wants 40 % of a CPU, 120 % of CPU 0, for longer than the hold time of 6 s. Before relief:"
  ballast top --once
  await_relief 1
  say "After relief:"
  sleep 3 # so that the table shows samples from after the re-pin alone
  ballast top --once
  show topology h1
  timeline "$started"
}

wait_loads() { local job; for job in $(jobs -rp); do case $(jobs -l | grep " $job ") in *"load h1"*) wait "$job" ;; esac; done; }

await_relief() { # HOW MANY IN ALL
  local tries=0
  printf 'waiting for the relief '
  until [ "$(ballast events -o json | grep -c '"spike-relieved"')" -ge "$1" ]; do
    [ $((tries += 1)) -le 45 ] || { echo; ballast events; die "no relief within 45 tries" "see $cluster_dir/coordinator.log"; }
    printf .
    sleep 0.5
  done
  echo
}

timeline() { # T0
  say "From spike to relief, in its parts"
  ballast events -o json | "$root/packaging/lab/timeline.sh" "$1"
}

overload() {
  local vm tries=0
  say "The overload: db-1 joins h1, and its four guests want 40 % each: 160 % of a budget of 150 %"
  say "No pins can help here: the host has too little. First db-1 moves to h1, by hand, while its guest goes on"
  for vm in web-1 web-2 web-3; do "$lab" load h1 $vm 0 & done
  wait_loads
  if [ "$(host_of db-1)" != h1 ]; then
    show migrate db-1 --to h1 --run
  fi
  "$lab" run h1 db-1 "cat /proc/uptime" | sed 's/^/uptime of db-1, in seconds: /'
  for vm in web-1 web-2 web-3 db-1; do "$lab" load h1 $vm 40 & done
  wait_loads
  await_relief 2
  say "One guest was moved, to a host that has room for it; the others stayed"
  show vms
  ballast operations | sed -n '1p;/relieve h1: migrate/p'
  sleep 3
  ballast top --once
  say "And it stays quiet: no second move within the next ${quiet_seconds} s"
  until [ $((tries += 5)) -gt "$quiet_seconds" ]; do
    sleep 5
    [ "$(ballast operations | grep -c 'relieve h1: migrate')" = 1 ] ||
      { ballast operations; die "the balancer moved more than one VM" "see $cluster_dir/coordinator.log"; }
  done
  say "Why?"
  for vm in web-1 web-2 web-3 db-1; do
    [ "$(host_of $vm)" = h1 ] || show explain $vm
  done
}

prepare
start
place
ksm
spike
say "Why?"
show explain web-3
overload
say "Shown in $((EPOCHSECONDS - demo_started)) s."
if $keep; then
  cat <<END
The lab goes on. Try:
  export JAVA_HOME=$JAVA_HOME BALLAST_CONFIG=$cluster_dir/operators/admin/config.yaml
  $lab exec coordinator $bin/ballast top
  $lab exec coordinator $bin/ballast events -w
  $lab exec coordinator $bin/ballast pin web-1 --vcpu 0=1 --run
  $lab load h1 web-1 0
  $lab down            # ends everything
END
fi

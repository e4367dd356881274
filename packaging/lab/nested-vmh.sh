#!/bin/bash
# shellcheck disable=SC2317,SC2016 # called by name; for the other host's shell
# What only a whole host can show: the agent as a service under its own unit, cgroup v2, two NUMA nodes, Open vSwitch
# in the kernel, KVM guests. The agent runs in the nested host (nested.sh), coordinator and command line run here.
# Prints PASS or FAIL a check with its seconds; exit status 1 names what failed. Needs root, a JDK 25 and the built jars.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../setup.sh"
set +e
nested=$here/nested.sh
bin=$root/packaging/bin
export BALLAST_NESTED_DIR=${BALLAST_NESTED_DIR:-/var/tmp/ballast-nested}
work=$BALLAST_NESTED_DIR.cluster
port=${BALLAST_NESTED_COORDINATOR_PORT:-7453}
output=$work/output
failed=()
coordinator=

cleanup() {
  [ -z "$coordinator" ] || kill "$coordinator" 2>/dev/null
  "$nested" down
  [ ${#failed[@]} -gt 0 ] || rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

check() { # NAME COMMAND...
  local name=$1 start=$SECONDS
  shift
  if "$@" >"$output" 2>&1; then
    echo "PASS $name ($((SECONDS - start)) s)"
  else
    echo "FAIL $name ($((SECONDS - start)) s)"
    sed 's/^/    /' "$output" | tail -12
    failed+=("$name")
  fi
}

inside() { "$nested" exec bash -c "$1"; }
ballast() { BALLAST_CONFIG=$work/operators/admin/config.yaml "$bin/ballast" "$@"; }

eventually() { # SECONDS COMMAND...
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -le $deadline ] || return 1
    sleep 2
  done
}

is() { # WANTED COMMAND...: what it prints
  local wanted=$1 found
  shift
  found=$("$@" 2>&1)
  echo "found '$found', wanted '$wanted'"
  [ "$found" = "$wanted" ]
}

connected() { ballast status -o json | grep -q '"hostsConnected": *1'; }

# A file below the VM's own group, which QEMU's process stands in a part of.
group_file() { # VM FILE
  inside "cat /sys/fs/cgroup\$(cut -d: -f3 /proc/\$(cat /run/libvirt/qemu/$1.pid)/cgroup)/../$2"
}

install_agent() {
  local lib=/usr/lib/ballast
  inside "mkdir -p $lib/lib $lib/bin /etc/ballast" &&
    "$nested" put "$bin/ballast-agent" "$bin/ballast-env.sh" $lib/bin/ &&
    "$nested" put "$root/agent/target/ballast-agent.jar" $lib/lib/ &&
    "$nested" put "$root/systemd/ballast-agent.service" /etc/systemd/system/ &&
    "$nested" put "$work/hosts/nested/." /etc/ballast/ &&
    inside "ln -sf $lib/bin/ballast-agent /usr/bin/ballast-agent; sed -i 's/TimeoutStartSec=90/TimeoutStartSec=300/' \
/etc/systemd/system/ballast-agent.service; systemctl daemon-reload"
}

start_coordinator() {
  "$bin/ballast-coordinator" init --dir "$work" --cluster nested --address 10.0.2.2 --address 127.0.0.1 \
    --operator admin --host nested || return 1
  sed -i -E "s|^listen: .*|listen: 127.0.0.1:$port|; s|^stateDir: .*|stateDir: $work/state|; s|^automation: .*|automation: off|" \
    "$work/coordinator.yaml"
  sed -i -E "s|10\.0\.2\.2:7443|10.0.2.2:$port|" "$work/hosts/nested/agent.yaml"
  sed -i -E "s|10\.0\.2\.2:7443|127.0.0.1:$port|" "$work/operators/admin/config.yaml"
  "$bin/ballast-coordinator" run --config "$work/coordinator.yaml" >"$work/coordinator.log" 2>&1 </dev/null &
  coordinator=$!
}

vm() { # NAME VCPUS PINS...: one pin a vCPU
  local name=$1 vcpus=$2
  shift 2
  mkdir -p "$work/specs"
  cat >"$work/specs/$name.yaml" <<END
kind: VM
name: $name
vcpus: $vcpus
memory: 128MiB
type: kvm
machine: q35
boot:
  kernel: /var/lib/libvirt/images/vmlinuz
  initrd: /var/lib/libvirt/images/initrd.gz
  cmdline: "console=ttyS0 quiet ballast.name=$name"
END
}

run_operation() { # COMMAND...: remembers the operation for a rollback
  local said
  said=$(ballast "$@" --run 2>&1)
  local status=$?
  echo "$said"
  last_operation=$(grep -o 'op-[0-9]*' <<<"$said" | tail -1)
  return $status
}

roll_back() { ballast rollback "$last_operation" --run; }

need_root
find_jdk
mkdir -p "$work"
rm -rf "${work:?}"/*
[ -s "$root/agent/target/ballast-agent.jar" ] || die "no agent/target/ballast-agent.jar" "mvn -DskipTests -pl agent,coordinator -am package"
stage "build of the nested host"
"$nested" build || exit 1
stage "checks"
check "resumes from its snapshot" "$nested" up
check "coordinator starts" start_coordinator
check "agent is installed as a service" install_agent
check "agent starts under its unit" inside "systemctl start ballast-agent"
check "agent is connected" eventually 120 connected
check "two NUMA nodes" eval 'ballast topology nested -o json | tee /dev/stderr | grep -q "\"numaNodes\""'
vm kvm-1 2; inside "free -m; numactl -H 2>/dev/null || cat /sys/devices/system/node/node*/meminfo | grep MemFree"
check "a KVM guest is defined and started" ballast apply -f "$work/specs" --run
check "it runs" is running inside "virsh -q domstate kvm-1 | head -1"
check "plan is empty afterwards" ballast plan -f "$work/specs" --exit-code

check "pin across nodes" run_operation pin kvm-1 --vcpu 0=2 --vcpu 1=3
check "cgroup v2 has the pins" is "2 3" eval 'echo $(group_file kvm-1 vcpu0/cpuset.cpus) $(group_file kvm-1 vcpu1/cpuset.cpus)'
check "its memory keeps to the node of its vCPUs" is 1 group_file kvm-1 vcpu0/cpuset.mems
check "its pages followed" inside 'awk "{ for (i = 1; i <= NF; i++) if (\$i ~ /^N[0-9]+=/) { split(\$i, p, \"=\"); n[p[1]] += p[2] } }
  END { print n[\"N0\"] + 0, n[\"N1\"] + 0; exit !(n[\"N1\"] > 4 * n[\"N0\"]) }" /proc/$(cat /run/libvirt/qemu/kvm-1.pid)/numa_maps'
check "the configuration says so" inside "virsh dumpxml --inactive kvm-1 | grep -q \"mode='restrictive' nodeset='1'\""
check "a node set by hand is drift" eval 'inside "virsh numatune kvm-1 --nodeset 0 --live" && eventually 60 eval "ballast drift | grep -q liveMemory"'
check "apply moves it back" ballast apply -f "$work/specs" --run
check "memory is on node 1 again" is 1 group_file kvm-1 vcpu0/cpuset.mems
check "pins roll back" roll_back

print_stages
[ ${#failed[@]} = 0 ] || { printf 'nested-test.sh: failed: %s\n' "${failed[*]}" >&2; inside "journalctl -u ballast-agent --no-pager | tail -30" >&2; exit 1; }
echo "nested-test.sh: all checks passed"

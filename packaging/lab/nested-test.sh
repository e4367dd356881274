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

# Drift makes exit status 5.
drifts() { { ballast drift || true; } | tee /dev/stderr | grep -q "$1"; } # WHAT

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

ksm_by_policy() {
  kill "$coordinator" && wait "$coordinator"
  sed -i 's/^automation: .*/automation: auto/' "$work/coordinator.yaml"
  printf 'ksm:\n  policy: auto\n  intervalMillis: 10000\n  holdMillis: 30000\n' >>"$work/coordinator.yaml"
  "$bin/ballast-coordinator" run --config "$work/coordinator.yaml" >>"$work/coordinator.log" 2>&1 </dev/null &
  coordinator=$!
  eventually 60 ballast automation auto
}

explained() { ballast explain "$1" | tee /dev/stderr | grep -q "$2"; } # VM WHAT

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
vm kvm-1 2
check "a KVM guest is defined and started" ballast apply -f "$work/specs" --run
check "it runs" is running inside "virsh -q domstate kvm-1 | head -1"
check "plan is empty afterwards" ballast plan -f "$work/specs" --exit-code

check "pin across nodes" run_operation pin kvm-1 --vcpu 0=2 --vcpu 1=3
check "cgroup v2 has the pins" is "2 3" eval 'echo $(group_file kvm-1 vcpu0/cpuset.cpus) $(group_file kvm-1 vcpu1/cpuset.cpus)'
check "its memory keeps to the node of its vCPUs" is 1 group_file kvm-1 vcpu0/cpuset.mems
check "its pages followed" inside 'awk "{ for (i = 1; i <= NF; i++) if (\$i ~ /^N[0-9]+=/) { split(\$i, p, \"=\"); n[p[1]] += p[2] } }
  END { print n[\"N0\"] + 0, n[\"N1\"] + 0; exit !(n[\"N1\"] > 4 * n[\"N0\"]) }" /proc/$(cat /run/libvirt/qemu/kvm-1.pid)/numa_maps'
check "the configuration says so" inside "virsh dumpxml --inactive kvm-1 | grep -q \"mode='restrictive' nodeset='1'\""
check "a node set by hand is drift" eval 'inside "virsh numatune kvm-1 --nodeset 0 --live" && eventually 60 drifts liveMemory'
check "apply moves it back" ballast apply -f "$work/specs" --run
check "memory is on node 1 again" is 1 group_file kvm-1 vcpu0/cpuset.mems
check "pins roll back" roll_back

check "pin to node 1 again" run_operation pin kvm-1 --vcpu 0=2 --vcpu 1=3 --emulator 2-3
check "CPU 0 is kept for the host" run_operation reserve nested --cpus 0
check "systemd confines the guests" is 1-3 inside "cat /sys/fs/cgroup/machine.slice/cpuset.cpus.effective"
check "reservation rolls back" roll_back
check "the guests may use all CPUs" is 0-3 inside "cat /sys/fs/cgroup/machine.slice/cpuset.cpus.effective"
check "hugepages on node 1" run_operation hugepages nested --size 2MiB --count 16 --node 1
check "the kernel has them there" is "0 16" inside 'echo $(cat /sys/devices/system/node/node*/hugepages/hugepages-2048kB/nr_hugepages)'
check "hugepages roll back" roll_back
check "the kernel has none" is "0 0" inside 'echo $(cat /sys/devices/system/node/node*/hugepages/hugepages-2048kB/nr_hugepages)'

check "limits" run_operation limit kvm-1 --cpu-weight 50 --vcpu-quota 60% --memory-soft 512MiB
check "cgroup v2 has the quota" is "60000 100000" group_file kvm-1 vcpu0/cpu.max
check "cgroup v2 has the weight" is 50 group_file kvm-1 ../cpu.weight
check "limits roll back" roll_back
check "no quota is left" is "max 100000" group_file kvm-1 vcpu0/cpu.max
check "throttled and pressure files are read" eval 'ballast vms kvm-1 -o json | grep -q usageMillis'

# Emulated, the first bridge takes vswitchd nearly as long as the agent would wait.
check "Open vSwitch works by hand" inside "ovs-vsctl --timeout=100 add-br br-w && ovs-vsctl --timeout=100 del-br br-w"
check "bridge in the kernel's datapath" run_operation bridge add br-n --host nested
check "the kernel has it" inside "ovs-dpctl show | grep -q br-n"
check "bridge rolls back" roll_back
check "the kernel has it no longer" eval '! inside "ovs-dpctl show | grep -q br-n"'

check "a golden image lies on the host" inside "qemu-img create -q -f qcow2 /srv/golden.qcow2 64M"
check "image through the unit's sandbox" run_operation image fetch golden --source file:///srv/golden.qcow2 \
  --sha256 "$(inside "sha256sum /srv/golden.qcow2" | cut -d' ' -f1)"
check "it is immutable" inside "lsattr /var/lib/ballast/images/golden.qcow2 | grep -q '^[^ ]*i'"
vm kvm-2 1
printf '%s\n' "disks:" "- {image: golden, size: 128MiB}" >>"$work/specs/kvm-2.yaml"
check "a guest with a disk made from it" ballast apply -f "$work/specs" --run
check "QEMU, which is not root, runs on it" is running inside "virsh -q domstate kvm-2 | head -1"
check "network of libvirt" run_operation libvirt-network set nat-1 --address 192.168.150.1/24 --mode open --host nested
check "port forward through the unit's sandbox" run_operation forward add tcp/8080 192.168.150.10:80 --host nested
check "the kernel has it" inside "nft list table inet ballast | grep -q 192.168.150.10"
check "port forward rolls back" roll_back
check "the kernel has none" eval '! inside "nft list table inet ballast 2>/dev/null | grep -q 192.168.150.10"'

check "KSM through the unit's sandbox" run_operation ksm on --host nested
check "KSM runs" is 1 inside "cat /sys/kernel/mm/ksm/run"
check "KSM rolls back" roll_back
check "KSM is off" is 0 inside "cat /sys/kernel/mm/ksm/run"

check "doctor finds what it should" eval 'ballast doctor; [ $? -eq 5 ]'

check "agent killed by SIGKILL" inside "systemctl kill -s KILL ballast-agent"
check "systemd brings it back" eventually 120 inside "systemctl is-active -q ballast-agent"
check "it is connected again" eventually 120 connected
check "the guest did not notice" is running inside "virsh -q domstate kvm-1 | head -1"
check "libvirtd restarted" inside "systemctl restart libvirtd"
check "the VM is seen after that" eventually 120 eval 'ballast vms | grep -q "kvm-1 .*running"'
check "KSM by policy: the coordinator starts with it" ksm_by_policy
check "the agent is connected to it" eventually 120 connected
check "it lets KSM run" eventually 240 is 1 inside "cat /sys/kernel/mm/ksm/run"
check "it judges by what the kernel saves and the scanner takes" eventually 240 explained kvm-1 "and its scanner takes"

check "the agent keeps its memory budget" inside '[ $(awk "/VmRSS/ {print \$2}" /proc/$(systemctl show -p MainPID --value ballast-agent)/status) -lt 262144 ]'

print_stages
[ ${#failed[@]} = 0 ] || { printf 'nested-test.sh: failed: %s\n' "${failed[*]}" >&2; inside "journalctl -u ballast-agent --no-pager | tail -30" >&2; exit 1; }
echo "nested-test.sh: all checks passed"

#!/bin/bash
# shellcheck disable=SC2317,SC2016 # called by name; for another shell
# Proves the lab: hosts apart from each other, guests steered to the percent, and nothing left after `down`, whatever
# was killed before. Prints PASS or FAIL a check; exit status 1 names what failed. Under its own name, so that a lab
# that is up is left alone. Takes about 40 s.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export BALLAST_LAB_NAME=ballast-lab-test BALLAST_LAB_DIR=${BALLAST_LAB_TEST_DIR:-/var/tmp/ballast-lab-test}
lab=$here/lab.sh
net=${BALLAST_LAB_NET:-10.77.0}
failed=()
trap '"$lab" down --purge' EXIT

check() { # NAME COMMAND...
  local name=$1
  shift
  if "$@" >"$output" 2>&1; then
    echo "PASS $name"
  else
    echo "FAIL $name"
    sed 's/^/    /' "$output" | tail -8
    failed+=("$name")
  fi
}

nothing_left() {
  local count
  count=$("$lab" status --count)
  echo "$count"
  [ "$count" = "namespaces=0 cgroups=0 mounts=0 processes=0" ]
}

down_leaves_nothing() { "$lab" down && nothing_left; }

within() { # VALUE WANTED TOLERANCE
  echo "measured $1, wanted $2 within $3"
  [ "$1" -ge $(($2 - $3)) ] && [ "$1" -le $(($2 + $3)) ]
}

start_guest() { # HOST VM
  "$lab" xml "$2" >"$BALLAST_LAB_DIR/shared/$2.xml" &&
    "$lab" exec "$1" virsh -q create "$BALLAST_LAB_DIR/shared/$2.xml"
}

vcpu_thread() { # HOST VM: its id inside the host
  "$lab" exec "$1" sh -c "cat /sys/fs/cgroup/cpu/machine/qemu-*-$2.libvirt-qemu/vcpu0/tasks"
}

# Time on the CPU and time waiting for it, of a vCPU's thread, as percent over 4 s: "RUN DELAY"
vcpu_percent() { # HOST VM
  local thread run delay run_after delay_after started stopped
  thread=$(vcpu_thread "$1" "$2") || return 1
  read -r run delay _ started < <("$lab" exec "$1" sh -c "cat /proc/$thread/schedstat; date +%s%N" | tr '\n' ' ')
  sleep 4
  read -r run_after delay_after _ stopped < <("$lab" exec "$1" sh -c "cat /proc/$thread/schedstat; date +%s%N" | tr '\n' ' ')
  echo $(((run_after - run) * 100 / (stopped - started))) $(((delay_after - delay) * 100 / (stopped - started)))
}

load_is() { # HOST VM PERCENT TOLERANCE
  local run
  "$lab" load "$1" "$2" "$3" && read -r run _ < <(vcpu_percent "$1" "$2") && within "$run" "$3" "$4"
}

# Others may use this machine too: what a guest cannot get it must still want, so waiting counts for it here.
wants() { # HOST VM PERCENT
  local run delay
  read -r run delay < <(vcpu_percent "$1" "$2") && echo "run $run delay $delay" && [ $((run + delay)) -ge $(($3 - 5)) ]
}

pinned() { # HOST VM CPU
  "$lab" exec "$1" virsh -q vcpupin "$2" 0 "$3" &&
    "$lab" exec "$1" grep -x "Cpus_allowed_list:[[:space:]]*$3" "/proc/$(vcpu_thread "$1" "$2")/status"
}

apart() { # each host sees its own name, address, processes, guests, boot id and files
  [ "$("$lab" exec h1 hostname)" = h1 ] && [ "$("$lab" exec h2 hostname)" = h2 ] &&
    "$lab" exec h2 ip -o addr show eth0 | grep "$net.2/24" >/dev/null &&
    [ "$("$lab" exec h1 cat /proc/sys/kernel/random/boot_id)" != "$("$lab" exec h2 cat /proc/sys/kernel/random/boot_id)" ] &&
    [ "$("$lab" exec h1 cat /proc/1/comm)" = bash ] && "$lab" exec h1 touch /var/log/mark &&
    ! "$lab" exec h2 test -e /var/log/mark && [ "$("$lab" exec h1 virsh -q list --name | grep -c .)" = 1 ] &&
    "$lab" exec h1 virsh -q -c qemu+tcp://$net.2/system list --name | grep -x two >/dev/null
}

ksm_apart() {
  local before
  before=$(cat /sys/kernel/mm/ksm/pages_to_scan)
  "$lab" exec h2 sh -c 'echo 77 >/sys/kernel/mm/ksm/pages_to_scan' &&
    [ "$(cat /sys/kernel/mm/ksm/pages_to_scan)" = "$before" ] &&
    "$lab" exec h1 sh -c 'echo 78 >/sys/kernel/mm/ksm/pages_to_scan' &&
    [ "$(cat /sys/kernel/mm/ksm/pages_to_scan)" = 78 ]
}

budget() {
  [ "$("$lab" exec h1 cat /sys/fs/cgroup/cpu/machine/cpu.cfs_quota_us)" = 150000 ] &&
    [ "$("$lab" exec h1 cat /sys/fs/cgroup/cpu/machine/cpu.cfs_period_us)" = 100000 ] &&
    ! "$lab" exec h1 grep -q /machine /proc/self/cgroup
}

tls_by_name_and_address() { # libvirtd's certificate, and no entrance without one
  "$lab" exec h1 virsh -q -c qemu+tls://h2/system list --name | grep -x two >/dev/null &&
    "$lab" exec h1 virsh -q -c qemu+tls://$net.2/system list --name | grep -x two >/dev/null &&
    ! "$lab" exec h1 virsh -q -c "qemu+tls://h2/system?pkipath=/nowhere" list
}

coordinator_reaches() { # the port of h2's libvirtd
  "$lab" exec coordinator bash -c "exec 3<>/dev/tcp/$net.2/16509"
}

cut_and_heal() {
  "$lab" cut h2 && ! "$lab" exec coordinator timeout 1 bash -c "exec 3<>/dev/tcp/$net.2/16509" &&
    "$lab" heal h2 && "$lab" exec coordinator timeout 3 bash -c "exec 3<>/dev/tcp/$net.2/16509"
}

exec_is_the_command() { # status, SIGTERM and SIGKILL of lab.sh exec are those of the command
  local process
  "$lab" exec h1 sh -c 'exit 7'
  [ $? = 7 ] || return 1
  "$lab" exec h1 sh -c 'echo $$ >/run/command; exec sleep 4711' &
  process=$!
  sleep 0.5
  "$lab" exec h1 sh -c 'kill -0 $(cat /run/command)' || return 1
  kill -9 $process
  wait $process
  sleep 0.2
  ! "$lab" exec h1 sh -c 'kill -0 $(cat /run/command)' 2>/dev/null
}

graceful_shutdown() { # HOST VM: the guest obeys the power button within 10 s
  local tries=0
  "$lab" exec "$1" virsh -q shutdown "$2"
  while "$lab" exec "$1" virsh -q list --name | grep -x "$2" >/dev/null; do
    [ $((tries += 1)) -le 50 ] || return 1
    sleep 0.2
  done
}

migrates() { # VM FROM TO: control and memory over TLS, each side knowing the other by its certificate
  "$lab" exec "$2" timeout 60 virsh -q migrate --live --p2p --tls "$1" "qemu+tls://$3/system" &&
    "$lab" wait-guest "$3" "$1" 15 && "$lab" run "$3" "$1" 'echo alive' | grep -x alive >/dev/null
}

power_fails_and_returns() { # HOST
  "$lab" exec "$1" touch /var/lib/libvirt/kept && "$lab" kill "$1" && ! "$lab" exec "$1" true &&
    "$lab" boot "$1" && "$lab" exec "$1" test -e /var/lib/libvirt/kept && "$lab" exec "$1" virsh -q list
}

kill_daemon() { # HOST NAME: as seen from inside
  "$lab" exec "$1" sh -c "kill -9 \$(cat /run/$2.pid)"
}

up_killed_after() { # SECONDS
  "$lab" up 2 >/dev/null 2>&1 &
  local process=$!
  sleep "$1"
  kill -9 $process 2>/dev/null
  wait $process 2>/dev/null
  return 0
}

first_process() { # HOST
  "$lab" status | sed -n "s/^$1 pid=\([0-9]*\) .*/\1/p"
}

mkdir -p "$BALLAST_LAB_DIR"
output=$(mktemp)
trap '"$lab" down --purge; rm -f "$output"' EXIT
ksm_before=$(cat /sys/kernel/mm/ksm/pages_to_scan)

check "down when nothing is up" down_leaves_nothing
check "up 2" "$lab" up 2
check "up again changes nothing" "$lab" up 2
check "guest on h1" start_guest h1 one
check "guest on h2" start_guest h2 two
check "guest on h1 answers" "$lab" wait-guest h1 one 60
check "guest on h2 answers" "$lab" wait-guest h2 two 60
check "hosts are apart" apart
check "KSM is apart" ksm_apart
check "budget of guests" budget
check "TLS between hosts" tls_by_name_and_address
check "coordinator reaches hosts" coordinator_reaches
check "cut and heal" cut_and_heal
check "exec is the command" exec_is_the_command
check "vcpupin" pinned h1 one 0
check "idle guest is idle" load_is h1 one 0 2
check "load 40" load_is h1 one 40 7
check "load 80" load_is h1 one 80 8
check "run in guest" "$lab" run h1 one true
check "starved guests go on wanting" eval 'pinned h2 two 0 && "$lab" load h2 two 80 && wants h1 one 80 && wants h2 two 80'
check "migration over TLS" migrates one h1 h2
check "graceful shutdown" graceful_shutdown h2 one
check "power failure and return" power_fails_and_returns h1
check "libvirtd killed" kill_daemon h2 libvirtd
check "down after killed libvirtd" down_leaves_nothing
check "KSM restored" test "$(cat /sys/kernel/mm/ksm/pages_to_scan)" = "$ksm_before"
check "up again" "$lab" up 2
check "guest again" start_guest h1 one
check "host's first process killed" eval 'kill -9 "$(first_process h1)"'
check "down after killed host" down_leaves_nothing
for seconds in 0.05 0.15 0.3 0.5; do
  check "up killed after $seconds s" up_killed_after $seconds
  check "down after up killed at $seconds s" down_leaves_nothing
done
check "down during up" eval '"$lab" up 2 & sleep 0.25; "$lab" down; wait; nothing_left'

[ ${#failed[@]} = 0 ] || { echo "lab-test.sh: failed: ${failed[*]}" >&2; exit 1; }

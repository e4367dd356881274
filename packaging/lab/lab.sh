#!/bin/bash
# The lab: hosts h1..hN on one machine, each with its own libvirt and Open vSwitch, for integration tests.
#
#   lab.sh up N                       start hosts h1..hN with empty disks; hosts that run are left alone
#   lab.sh down [--purge]             end everything; --purge also deletes the hosts' files and logs
#   lab.sh status [--count]           what runs; --count: one line of leftovers for tests
#   lab.sh exec HOST COMMAND...       run a command in a host, or in `coordinator` (the switch's network)
#   lab.sh load HOST VM PERCENT [cpu K]   let a guest want that much of a CPU; returns when the guest confirmed
#   lab.sh run HOST VM COMMAND        run a shell command inside a guest, print what it says
#   lab.sh wait-guest HOST VM SECONDS wait until a guest answers on its console
#   lab.sh kill HOST                  power failure: everything in the host dies at once
#   lab.sh boot HOST                  power on again, with the disks it had
#   lab.sh cut HOST | heal HOST       take the host's network cable out, put it back
#   lab.sh xml NAME [vcpus=1] [memory=128]   a minimal domain XML on standard output
#
# Variables: BALLAST_LAB_NAME, BALLAST_LAB_DIR, BALLAST_LAB_NET, BALLAST_LAB_CACHE, LAB_CPU_PERCENT, LAB_KSM_OWNER;
# docs/lab.md explains them.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lab-common.sh"
. "$here/lab-switch.sh"
. "$here/lab-guest.sh"
. "$here/lab-certificates.sh"

usage() { sed -n '2,/^set -/{/^#/!d;s/^# \{0,1\}//;p}' "$0" >&2; exit 2; }

check_machine() {
  local name
  [ "$(id -u)" = 0 ] || die "needs root: it makes namespaces and cgroups" "run it as root"
  for name in libvirtd virtlogd virsh ovs-vswitchd ovsdb-server ip ethtool unshare flock openssl; do
    command -v "$name" >/dev/null || die "$name is missing" "$install_remedy"
  done
  for name in "$lab_cache/bin/lab-enter" "$lab_cache/bin/qemu-lab" "$lab_cache/guest/initrd.gz"; do
    [ -s "$name" ] || die "$name is missing" "$install_remedy"
  done
  for name in cpu cpuacct cpuset memory $track; do
    [ -d "$cgroup_root/$name" ] ||
      die "no cgroup v1 controller $name in $cgroup_root" "use a machine with cgroup v1 hierarchies (see docs/lab.md)"
  done
  [ -z "${BALLAST_LAB_MEMBER:-}" ] || die "this shell is itself inside a lab" "run it from outside of the lab"
}

check_host() { # NAME
  [[ $1 =~ ^h[1-9]$ ]] || die "no host is called '$1'" "hosts are h1 to h$max_hosts"
}

running_init() { # HOST
  first_process "$1" || die "$1 is not running" "start it with lab.sh up N or lab.sh boot $1"
}

# --- files of a host

write_host_files() { # NUMBER
  local number=$1 host=h$1 files=$lab_dir/hosts/h$1 other
  rm -rf "$files"
  mkdir -p "$files"/{etc/openvswitch,var/lib/libvirt,var/cache/libvirt,var/log,var/lib/openvswitch}
  cp -a /etc/libvirt "$files/etc/libvirt"
  rm -rf "$files"/etc/libvirt/qemu/{networks/autostart,autostart}/*
  cp -a /var/lib/libvirt/. "$files/var/lib/libvirt/"
  # what an earlier lab's libvirtd learnt about the emulators; libvirt checks itself whether that still holds
  [ ! -d "$lab_cache/libvirt-qemu" ] || cp -a "$lab_cache/libvirt-qemu" "$files/var/cache/libvirt/qemu"
  echo "$host" >"$files/etc/hostname"
  printf '%032x\n' $((0xba11a57000 + number)) >"$files/etc/machine-id"
  echo "127.0.0.1 localhost" >"$files/etc/hosts"
  echo "$lab_net.254 coordinator" >>"$files/etc/hosts"
  for other in $(seq 1 $max_hosts); do echo "$lab_net.$other h$other" >>"$files/etc/hosts"; done
  write_libvirt_files "$number" "$files/etc/libvirt"
  write_pki "$number" "$files/etc/pki"
  [ ! -d /sys/kernel/mm/ksm ] || copy_ksm "$files/ksm"
}

write_libvirt_files() { # NUMBER DIRECTORY
  cat >"$2/libvirtd.conf" <<END
host_uuid = "00000000-0000-4000-8000-$(printf %012x "$1")"
listen_tls = 1
listen_tcp = 1
listen_addr = "$lab_net.$1"
auth_tcp = "none"
auth_tls = "none"
auth_unix_rw = "none"
auth_unix_ro = "none"
unix_sock_rw_perms = "0770"
log_outputs = "2:file:/var/log/libvirt/libvirtd.log"
END
  cat >"$2/qemu.conf" <<END
user = "root"
group = "root"
dynamic_ownership = 1
security_driver = "none"
stdio_handler = "logd"
migration_address = "$lab_net.$1"
migrate_tls_x509_cert_dir = "/etc/pki/qemu"
migrate_tls_x509_verify = 1
vnc_listen = "127.0.0.1"
END
}

copy_ksm() { # DIRECTORY: private copies; counters start at nothing, the switch at off
  local file name
  mkdir -p "$1"
  for file in /sys/kernel/mm/ksm/*; do
    name=${file##*/}
    case $name in
      pages_shar* | pages_uns* | pages_vol* | pages_ski* | full_scans | run | stable_node_*s | *_profit | ksm_zero_pages)
        echo 0 >"$1/$name" ;;
      *) cat "$file" >"$1/$name" ;;
    esac
  done
}

# --- starting and ending

start_host() { # NUMBER: namespaces, cgroups, network cable; the daemons start by themselves
  local number=$1 host=h$1 files=$lab_dir/hosts/h$1 groups budget tries=0
  mapfile -t groups < <(host_controllers)
  rm -f "$files/up"
  cat /proc/sys/kernel/random/uuid >"$files/boot_id"
  make_cgroup "$host" "${groups[@]}"
  # only guests count against the budget: libvirt puts them below /machine, all else of the host stays beside it
  budget=$(cgroup_parent cpu)/$host/machine
  mkdir -p "$budget" "$(cgroup_parent cpuacct)/$host/machine" # so that their use reads as nothing before the first guest
  echo 4096 >"$(cgroup_parent cpu)/cpu.shares"
  [ "$cpu_percent" = 0 ] || echo $((cpu_percent * 1000)) >"$budget/cpu.cfs_quota_us"
  (
    join_cgroup "$host" "${groups[@]}"
    cd /
    exec env -i BALLAST_LAB_MEMBER="$lab_name" BALLAST_LAB_NAME="$lab_name" BALLAST_LAB_DIR="$lab_dir" \
      BALLAST_LAB_CACHE="$lab_cache" BALLAST_LAB_NET="$lab_net" LAB_KSM_OWNER="$ksm_owner" \
      HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
      setsid unshare --mount --uts --net --ipc --cgroup --pid --fork --kill-child --propagation private \
      bash "$here/lab-host.sh" "$number" </dev/null >"$files/init.log" 2>&1 9>&-
  ) &
  until first_process "$host" >/dev/null; do
    [ $((tries += 1)) -le 200 ] || die "$host did not start: $(tail -1 "$files/init.log")" "see $files/init.log"
    sleep 0.02
  done
  plug_host "$number"
}

await_host() { # HOST
  local host=$1 tries=0 files=$lab_dir/hosts/$1
  until [ -e "$files/up" ] && "$0" exec "$host" virsh -q version >/dev/null 2>&1; do
    { [ $((tries += 1)) -le 300 ] && first_process "$host" >/dev/null; } ||
      die "$host did not come up: $(tail -1 "$files/init.log")" "see $files/init.log and $files/var/log"
    sleep 0.1
  done
}

up() { # N
  local count=${1:-2} number started=$EPOCHREALTIME
  [[ $count =~ ^[1-9]$ ]] || die "'$count' is not a number of hosts" "use 1 to $max_hosts"
  check_machine
  mkdir -p "$lab_dir/hosts" "$lab_dir/shared"
  exec 9>"$lab_dir/up.lock"
  flock -n 9 || die "another lab.sh up is at work in $lab_dir" "wait for it, or run lab.sh down"
  make_cgroup main "$track"
  join_cgroup main "$track" # from here on `down` finds and ends this script and all it starts
  save_ksm
  make_certificates
  start_switch
  for number in $(seq 1 "$count"); do
    first_process "h$number" >/dev/null && continue
    remove_host_cgroups "h$number"
    write_host_files "$number"
    start_host "$number"
  done
  for number in $(seq 1 "$count"); do await_host "h$number"; done
  keep_libvirt_knowledge
  awk -v n="$count" -v a="$started" -v b="$EPOCHREALTIME" 'BEGIN { printf "lab: %d hosts up in %.1f s\n", n, b - a }'
}

remove_host_cgroups() { # HOST
  local trees
  mapfile -t trees < <(host_trees "$1")
  { kill_all group_processes "$1" && remove_cgroups "${trees[@]}"; } ||
    die "cannot clear $1's cgroups" "look for processes that do not die: cat ${trees[0]:-}/cgroup.procs"
}

keep_libvirt_knowledge() {
  local from=$lab_dir/hosts/h1/var/cache/libvirt/qemu
  [ -d "$from/capabilities" ] || return 0
  rm -rf "$lab_cache/libvirt-qemu.new"
  cp -a "$from" "$lab_cache/libvirt-qemu.new"
  rm -rf "$lab_cache/libvirt-qemu"
  mv "$lab_cache/libvirt-qemu.new" "$lab_cache/libvirt-qemu"
}

boot() { # HOST
  check_host "$1"
  check_machine
  first_process "$1" >/dev/null && die "$1 is already running" "lab.sh kill $1 first"
  { [ -d "$lab_dir/hosts/$1/etc" ] && first_process switch >/dev/null; } || die "$1 never was up" "use lab.sh up N"
  make_cgroup main "$track"
  join_cgroup main "$track"
  remove_host_cgroups "$1"
  start_host "${1#h}"
  await_host "$1"
}

down() {
  local trees
  check_root_only
  kill_all lab_processes || die "processes do not die: $(lab_processes | tr '\n' ' ')" "see ps -o stat,wchan"
  mapfile -t trees < <(cgroup_trees)
  remove_cgroups "${trees[@]}" || die "cgroups cannot be removed: $(cgroup_trees | tr '\n' ' ')" "try again"
  restore_ksm
  [ "${1:-}" != --purge ] || rm -rf "$lab_dir"
}

check_root_only() {
  [ "$(id -u)" = 0 ] || die "needs root" "run it as root"
  [ -z "${BALLAST_LAB_MEMBER:-}" ] || die "this shell is itself inside a lab" "run it from outside of the lab"
}

power_off() { # HOST
  check_host "$1"
  kill_all group_processes "$1" || die "processes of $1 do not die" "see lab.sh status"
}

# --- using hosts

enter() { # HOST COMMAND...
  local host=$1 init
  shift
  [ $# -gt 0 ] || usage
  if [ "$host" = coordinator ]; then
    enter_switch "$@"
  fi
  check_host "$host"
  init=$(running_init "$host")
  join_cgroups_of "$init"
  export BALLAST_LAB_MEMBER=$lab_name HOME=/root
  export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  exec "$lab_cache/bin/lab-enter" "$init" "$@"
}

case ${1:-} in
  up) shift; up "$@" ;;
  down) down "${2:-}" ;;
  status) if [ "${2:-}" = --count ]; then count_leftovers; else status; fi ;;
  exec) [ $# -ge 3 ] || usage; shift; enter "$@" ;;
  load) [ $# -ge 4 ] || usage; shift; load "$@" ;;
  run) [ $# -ge 4 ] || usage; shift; run_in_guest "$@" ;;
  wait-guest) [ $# = 4 ] || usage; wait_guest "$2" "$3" "$4" ;;
  xml) [ $# -ge 2 ] || usage; shift; domain_xml "$@" ;;
  kill) [ $# = 2 ] || usage; power_off "$2" ;;
  boot) [ $# = 2 ] || usage; boot "$2" ;;
  cut) [ $# = 2 ] || usage; check_host "$2"; switch_port "$2" down ;;
  heal) [ $# = 2 ] || usage; check_host "$2"; switch_port "$2" up ;;
  *) usage ;;
esac

# shellcheck shell=bash disable=SC2154 # variables of lab-common.sh
# Parts of lab.sh: the switch all hosts are plugged into, the machine's KSM settings, and what status shows.

# The switch's network namespace lives as long as the process in the group `switch`, or one that was started beside it.
start_switch() {
  local tries=0 holder
  first_process switch >/dev/null && return 0
  make_cgroup switch "$track"
  (
    join_cgroup switch "$track"
    exec env BALLAST_LAB_MEMBER="$lab_name" setsid unshare --net sleep infinity </dev/null >/dev/null 2>&1 9>&-
  ) &
  until holder=$(first_process switch) && [ "$(cat "/proc/$holder/comm" 2>/dev/null)" = sleep ]; do
    [ $((tries += 1)) -le 200 ] || die "the switch's network namespace did not start" "run lab.sh down, then up again"
    sleep 0.02
  done
  in_switch ip link add sw0 type bridge
  in_switch ip addr add "$lab_net.254/24" dev sw0
  in_switch ip addr add "$lab_net.253/24" dev sw0
  in_switch ip link set sw0 up
  in_switch ip link set lo up
}

in_switch() { # COMMAND...
  local holder
  holder=$(first_process switch) || die "the lab is not up" "run lab.sh up N"
  nsenter --net="/proc/$holder/ns/net" "$@"
}

plug_host() { # NUMBER: both ends are made in place, so a script killed here leaves nothing outside the namespaces
  in_switch ip link del "p$1" 2>/dev/null || true
  in_switch ip link add "p$1" type veth peer name eth0 netns "$(running_init "h$1")"
  in_switch ethtool -K "p$1" tx off >/dev/null 2>&1 || true
  in_switch ip link set "p$1" master sw0 up
}

switch_port() { # HOST up|down
  in_switch ip link set "p${1#h}" "$2"
}

# A coordinator needs the hosts' network and nothing else: it keeps the machine's files, processes and /proc.
enter_switch() { # COMMAND...
  local holder
  holder=$(first_process switch) || die "the lab is not up" "run lab.sh up N"
  make_cgroup coordinator "$track"
  join_cgroup coordinator "$track"
  export BALLAST_LAB_MEMBER=$lab_name
  exec nsenter --net="/proc/$holder/ns/net" "$@"
}

# --- KSM, which is one per kernel

ksm_knobs="merge_across_nodes max_page_sharing use_zero_pages stable_node_chains_prune_millisecs sleep_millisecs
  pages_to_scan smart_scan advisor_mode run"

save_ksm() { # kept until `down` restores it, so that a second `up` does not save what the lab itself changed
  local knob
  [ -d /sys/kernel/mm/ksm ] && [ ! -e "$lab_dir/ksm.saved" ] || return 0
  for knob in $ksm_knobs; do
    [ ! -e "/sys/kernel/mm/ksm/$knob" ] || echo "$knob $(sed 's/.*\[\(.*\)\].*/\1/' "/sys/kernel/mm/ksm/$knob")"
  done >"$lab_dir/ksm.saved.new"
  mv "$lab_dir/ksm.saved.new" "$lab_dir/ksm.saved"
}

restore_ksm() {
  local knob value now
  [ -e "$lab_dir/ksm.saved" ] || return 0
  while read -r knob value; do
    now=$(sed 's/.*\[\(.*\)\].*/\1/' "/sys/kernel/mm/ksm/$knob")
    [ "$now" = "$value" ] || set_ksm "$knob" "$value" ||
      echo "lab.sh: warning: cannot set /sys/kernel/mm/ksm/$knob back to $value (it is $now)" >&2
  done <"$lab_dir/ksm.saved"
  rm -f "$lab_dir/ksm.saved"
}

set_ksm() { # KNOB VALUE; some knobs are refused while pages are shared, so unmerge for these first
  { echo "$2" >"/sys/kernel/mm/ksm/$1"; } 2>/dev/null && return 0
  { echo 2 >/sys/kernel/mm/ksm/run && echo "$2" >"/sys/kernel/mm/ksm/$1"; } 2>/dev/null
}

# --- status

count_leftovers() {
  local pids namespaces=0 cgroups mounts processes
  pids=$(lab_processes)
  processes=$(wc -w <<<"$pids")
  cgroups=$(cgroup_trees | while read -r tree; do find "$tree" -type d; done | wc -l)
  mounts=$(awk -v a="$lab_dir/" -v b="/$lab_name" 'index($0, a) || index($5, b)' /proc/self/mountinfo | wc -l)
  [ -z "$pids" ] || namespaces=$(lab_namespaces "$pids" | wc -l)
  echo "namespaces=$namespaces cgroups=$cgroups mounts=$mounts processes=$processes"
}

lab_namespaces() { # PIDS: those that are not this shell's own
  local pid
  for pid in $1; do
    readlink "/proc/$pid"/ns/{mnt,uts,net,ipc,pid,cgroup} 2>/dev/null || true
  done | sort -u | grep -vxF "$(readlink /proc/self/ns/{mnt,uts,net,ipc,pid,cgroup})" || true
}

status() {
  local host found=0
  for host in $(seq -f 'h%g' 1 "$max_hosts"); do
    [ -d "$cgroup_root/$track/$lab_name/$host" ] || continue
    found=1
    host_status "$host"
  done
  [ $found = 1 ] || echo "lab $lab_name is down"
  count_leftovers
}

host_status() { # HOST
  local host=$1 init names
  if ! init=$(first_process "$host"); then
    echo "$host down (lab.sh boot $host starts it again)"
    return
  fi
  names=$(for pid in $(group_processes "$host"); do cat "/proc/$pid/comm" 2>/dev/null || true; done)
  echo "$host pid=$init address=$lab_net.${host#h} libvirtd=$(daemon "$names" libvirtd)" \
    "virtlogd=$(daemon "$names" virtlogd) ovsdb-server=$(daemon "$names" ovsdb-server)" \
    "ovs-vswitchd=$(daemon "$names" ovs-vswitchd) processes=$(wc -w <<<"$names")"
  [ "$(daemon "$names" libvirtd)" = dead ] || timeout 10 "$0" exec "$host" virsh -q list --all | sed 's/^/    /' || true
}

daemon() { # NAMES NAME
  if grep -qx "$2" <<<"$1"; then echo alive; else echo dead; fi
}

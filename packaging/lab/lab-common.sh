# shellcheck shell=bash disable=SC2034,SC2154,SC2120,SC2119 # sourced: used elsewhere, set elsewhere
# Names, paths and the two things every command of the lab needs: its cgroups and how to find and end its processes.
# The lab's cgroups are also its memory: whatever it started is in <controller>/$lab_name/..., whoever started it and
# whatever was killed since. So nothing depends on files of pids that a killed script did not write.

lab_name=${BALLAST_LAB_NAME:-ballast-lab}
lab_dir=${BALLAST_LAB_DIR:-/var/tmp/ballast-lab}
lab_cache=${BALLAST_LAB_CACHE:-/var/cache/ballast-lab}
lab_net=${BALLAST_LAB_NET:-10.77.0}          # first three octets; hosts are .1 and up, coordinators .254 and .253
cpu_percent=${LAB_CPU_PERCENT:-150}          # what all guests of one host may use together; 0 = no limit
ksm_owner=${LAB_KSM_OWNER:-h1}               # the host that sees the machine's real KSM files
cgroup_root=/sys/fs/cgroup
track=freezer                                # the controller by which processes are counted and found
max_hosts=9
export PATH=$PATH:/usr/sbin:/sbin

die() { echo "lab.sh: $1" >&2; echo "  remedy: $2" >&2; exit 1; }

install_remedy="run $here/install.sh"

controllers() { awk -F: '$2 != "" && $2 !~ /^name=/ { print $2 }' /proc/self/cgroup; }

# Memory stays under the caller's own group, so that whoever is charged for the caller is charged for the lab.
cgroup_parent() { # CONTROLLER
  local own=
  [ "$1" = memory ] && own=$(awk -F: '$2 == "memory" && $3 != "/" { print $3 }' /proc/self/cgroup)
  # a caller inside the lab's own group would nest it ever deeper
  echo "$cgroup_root/$1${own%%/"$lab_name"*}/$lab_name"
}

# All trees of this lab, also those made under another caller's memory group.
cgroup_trees() { find "$cgroup_root" -maxdepth 6 -type d -name "$lab_name" 2>/dev/null || true; }

make_cgroup() { # GROUP CONTROLLER...: creates <controller>/$lab_name/GROUP
  local group=$1 controller parent directory
  shift
  for controller in "$@"; do
    parent=$(cgroup_parent "$controller")
    for directory in "$parent" "$parent/$group"; do
      mkdir -p "$directory"
      if [ "$controller" = cpuset ]; then # an empty cpuset takes no process
        cat "$cgroup_root/cpuset/cpuset.cpus" >"$directory/cpuset.cpus"
        cat "$cgroup_root/cpuset/cpuset.mems" >"$directory/cpuset.mems"
        echo 1 >"$directory/cgroup.clone_children"
      fi
    done
  done
}

join_cgroup() { # GROUP CONTROLLER...: the calling shell and all that it starts
  local group=$1 controller
  shift
  for controller in "$@"; do
    echo "$BASHPID" >"$(cgroup_parent "$controller")/$group/cgroup.procs" ||
      die "cannot join cgroup $controller/$lab_name/$group" "is the lab up? see lab.sh status"
  done
}

# The caller's memory group may be another than that of the one who started the host: ask the kernel where the host is.
join_cgroups_of() { # PID
  local controller path
  while IFS=: read -r _ controller path; do
    case $controller in
      name=*) continue ;;
      '') controller=unified ;;
    esac
    [ ! -d "$cgroup_root/$controller" ] || echo "$BASHPID" >"$cgroup_root/$controller$path/cgroup.procs" ||
      die "cannot join cgroup $controller$path" "is the lab up? see lab.sh status"
  done <"/proc/$1/cgroup"
}

host_controllers() {
  controllers
  if [ -d "$cgroup_root/unified" ]; then echo unified; fi
}

group_processes() { # GROUP, or nothing for the whole lab: pids, one a line
  local tree=$cgroup_root/$track/$lab_name/${1:-}
  [ -d "$tree" ] || return 0
  find "$tree" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -un || true
}

# Processes that left the cgroups are still known by a variable that every started program inherits.
marked_processes() {
  grep -lzx "BALLAST_LAB_MEMBER=$lab_name" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3 || true
}

lab_processes() {
  local pid
  { group_processes; marked_processes; } | sort -un | while read -r pid; do
    [ "$pid" = "$$" ] || [ "$pid" = "$BASHPID" ] || ! is_alive "$pid" || echo "$pid"
  done
}

is_alive() { # PID; a zombie holds nothing and is its parent's business
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  stat=${stat##*) }
  [ "${stat%% *}" != Z ]
}

kill_all() { # COMMAND that lists pids: SIGKILL until it lists none; false after 10 s
  local pids tries=0
  while pids=$("$@") && [ -n "$pids" ]; do
    # shellcheck disable=SC2086 # a list of pids
    kill -9 $pids 2>/dev/null || true
    [ $((tries += 1)) -le 200 ] || return 1
    sleep 0.05
  done
}

remove_cgroups() { # DIRECTORY...: trees without processes; false if something stays
  local directory tries
  for directory in "$@"; do
    tries=0
    while [ -d "$directory" ]; do
      find "$directory" -depth -type d -exec rmdir {} + 2>/dev/null || true
      [ -d "$directory" ] || break
      [ $((tries += 1)) -le 100 ] || return 1
      sleep 0.02
    done
  done
}

host_trees() { # HOST: its cgroup in every controller
  local tree
  cgroup_trees | while read -r tree; do [ ! -d "$tree/$1" ] || echo "$tree/$1"; done
}

# The first process of a pid namespace of this lab: NSpid ends in 1. There is no file to be stale.
first_process() { # GROUP: pid of the host's init (or of the process that holds the switch's namespace)
  local pid
  [ -d "$cgroup_root/$track/$lab_name/$1" ] || return 1
  while read -r pid; do
    if [ "$1" = switch ] || grep -qsE '^NSpid:.*[^0-9]1$' "/proc/$pid/status"; then
      echo "$pid"
      return 0
    fi
  done <"$cgroup_root/$track/$lab_name/$1/cgroup.procs"
  return 1
}

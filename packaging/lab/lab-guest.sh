# shellcheck shell=bash disable=SC2154 # variables of lab-common.sh
# Parts of lab.sh: talking to a guest through its serial console (see lab-guest.c for the commands it knows).

# Opens the guest's console as descriptor $tty, alone; returns when the guest answers there, false after SECONDS.
open_console() { # HOST VM SECONDS
  local host=$1 vm=$2 deadline=$((SECONDS + $3)) console lock
  check_host "$host"
  running_init "$host" >/dev/null
  mkdir -p "$lab_dir/locks"
  exec {lock}>"$lab_dir/locks/$host.$vm"
  flock -w "$3" "$lock" || die "$host/$vm: another lab.sh holds its console" "wait for it, or end it"
  while [ $SECONDS -le $deadline ]; do
    if console=$("$0" exec "$host" virsh -q ttyconsole "$vm" 2>/dev/null) && [ -c "$console" ]; then
      exec {tty}<>"$console"
      stty -F "$console" raw -echo
      # QEMU looks only once a second whether somebody has opened the console
      ! ask 2 hello >/dev/null || return 0
      exec {tty}>&-
    fi
    sleep 0.2
  done
  return 1
}

# Sends one command, prints what the guest says up to its answer. The tag is fresh each time and the guest repeats
# it: neither an old answer nor another writer's is taken for ours.
ask() { # SECONDS COMMAND
  local deadline=$((SECONDS + $1)) tag="#$RANDOM$RANDOM" line
  printf '\n%s %s\n' "$2" "$tag" >&"$tty"
  while [ $SECONDS -lt "$deadline" ]; do
    read -r -t 1 -u "$tty" line || continue
    line=${line%$'\r'}
    [[ $line != TICK* ]] || continue
    if [[ $line =~ ^[A-Z]+\ (OK|REFUSED)\ .*\ $tag$ ]]; then
      echo "${line% "$tag"}"
      return 0
    fi
    echo "$line"
  done
  return 1
}

must_open() { # HOST VM
  open_console "$1" "$2" 30 ||
    die "$2 on $1 does not answer on its console" "is it running a lab guest? lab.sh exec $1 virsh list; the serial log"
}

load() { # HOST VM PERCENT [cpu K]
  local host=$1 vm=$2 answer
  [[ "${*:3}" =~ ^[0-9]+( cpu [0-9]+)?$ ]] || die "'${*:3}' is no load" "use PERCENT or PERCENT cpu K"
  must_open "$host" "$vm"
  answer=$(ask 5 "load ${*:3}" || ask 10 "load ${*:3}") || die "$vm on $host did not confirm load ${*:3}" "try again"
  answer=$(tail -1 <<<"$answer")
  [[ $answer == "LOAD OK"* ]] || die "$vm on $host: $answer" "give it what it asks for"
  echo "$host/$vm: $answer"
}

run_in_guest() { # HOST VM COMMAND...: sent once only, since nobody knows whether it may run twice
  local host=$1 vm=$2 answer status
  must_open "$host" "$vm"
  answer=$(ask 60 "run ${*:3}") || die "$vm on $host did not end '${*:3}' within 60 s" "use a shorter command"
  status=${answer##*RUN OK }
  answer=${answer%RUN OK *}
  printf '%s' "$answer"
  return "$status"
}

wait_guest() { # HOST VM SECONDS
  [[ $3 =~ ^[0-9]+$ ]] || die "'$3' is not a number of seconds" "use 1 to 600"
  open_console "$1" "$2" "$3" ||
    die "$2 on $1 did not answer within $3 s" "lab.sh exec $1 virsh list --all; see its serial log"
  echo "$1/$2 answers"
}

domain_xml() { # NAME [vcpus=1] [memory=128]
  local name=$1 vcpus=1 memory=128 word
  shift
  for word in "$@"; do
    case $word in
      vcpus=*) vcpus=${word#*=} ;;
      memory=*) memory=${word#*=} ;;
      *) die "'$word' is no setting of a domain" "use vcpus=N or memory=MIB" ;;
    esac
  done
  cat <<END
<domain type='qemu'>
  <name>$name</name>
  <memory unit='MiB'>$memory</memory>
  <vcpu placement='static'>$vcpus</vcpu>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    <kernel>$lab_cache/guest/vmlinuz</kernel>
    <initrd>$lab_cache/guest/initrd.gz</initrd>
    <cmdline>console=ttyS0 quiet ballast.name=$name</cmdline>
  </os>
  <features><acpi/></features>
  <on_poweroff>destroy</on_poweroff>
  <devices>
    <emulator>$lab_cache/bin/qemu-lab</emulator>
    <controller type='usb' model='none'/>
    <serial type='pty'><log file='/var/log/libvirt/qemu/$name.serial' append='on'/><target port='0'/></serial>
    <console type='pty'><target type='serial' port='0'/></console>
    <memballoon model='virtio'/>
  </devices>
</domain>
END
}

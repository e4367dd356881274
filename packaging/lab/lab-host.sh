#!/bin/bash
# First process of one lab host, already inside its own namespaces and cgroups: makes the file system view of a host,
# starts its daemons, then stays to collect orphans. Started by lab.sh only: lab-host.sh NUMBER.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lab-common.sh"
number=$1
host=h$1
files=$lab_dir/hosts/$host

own_directories() {
  local name
  for name in etc/libvirt etc/pki var/lib/libvirt var/cache/libvirt var/log etc/openvswitch var/lib/openvswitch; do
    mkdir -p "/$name" "$files/$name"
    mount --bind "$files/$name" "/$name"
  done
  for name in hostname machine-id hosts; do
    [ -e "/etc/$name" ] || touch "/etc/$name"
    mount --bind "$files/etc/$name" "/etc/$name"
  done
  # named network namespaces of the machine would stay alive in this copy of the mount table
  awk '$5 ~ "^/run/" { print $5 }' /proc/self/mountinfo | sort -r | while read -r name; do umount -l "$name" || true; done
  mount -t tmpfs -o mode=755 lab-run /run
  mkdir -p /run/libvirt /run/openvswitch /run/lock /run/user/0 /var/log/libvirt/qemu /var/log/openvswitch
}

own_proc_and_sys() {
  local controller
  mount -t proc proc /proc
  # one boot id per start of the host, as after a reboot: the machine's own never changes here
  mount --bind "$files/boot_id" /proc/sys/kernel/random/boot_id
  umount -R /sys
  mount -t sysfs sysfs /sys
  mount -t tmpfs -o mode=755 lab-cgroup /sys/fs/cgroup
  for controller in $(controllers); do
    mkdir "/sys/fs/cgroup/$controller"
    mount -t cgroup -o "$controller" cgroup "/sys/fs/cgroup/$controller"
  done
  if grep -q '^0::' /proc/self/cgroup; then
    mkdir /sys/fs/cgroup/unified
    mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified
  fi
  # KSM is one per kernel: only one host of the lab sees the real files, the others their private copies
  [ "$host" = "$ksm_owner" ] || [ ! -d "$files/ksm" ] || mount --bind "$files/ksm" /sys/kernel/mm/ksm
}

own_network() {
  local tries=0
  until [ -e /sys/class/net/eth0 ]; do
    [ $((tries += 1)) -le 500 ] || die "$host: no eth0 after 10 s" "run lab.sh down, then lab.sh up again"
    sleep 0.02
  done
  ip link set lo up
  ip addr add "$lab_net.$number/24" dev eth0
  ip link set eth0 up
  # the userspace datapath of Open vSwitch sends on frames whose checksum was left to hardware that is not there
  ethtool -K eth0 tx off >/dev/null 2>&1 || true
}

start_openvswitch() {
  local database=/etc/openvswitch/conf.db
  [ -e "$database" ] || ovsdb-tool create "$database" /usr/share/openvswitch/vswitch.ovsschema
  ovsdb-server "$database" --remote=punix:/run/openvswitch/db.sock \
    --remote=db:Open_vSwitch,Open_vSwitch,manager_options --pidfile --detach --no-chdir --log-file -vconsole:off
  ovs-vsctl --no-wait -- init -- set Open_vSwitch . external_ids:system-id="$host" external_ids:hostname="$host"
  ovs-vswitchd unix:/run/openvswitch/db.sock --pidfile --detach --no-chdir --log-file -vconsole:off
}

start_libvirt() {
  virtlogd -d
  libvirtd -d --listen
}

hostname "$host"
own_directories
own_proc_and_sys
own_network
start_libvirt & # probes QEMU for a second; Open vSwitch starts meanwhile
libvirt_start=$!
start_openvswitch
wait "$libvirt_start"
touch "$files/up"
trap 'exit 0' TERM
while :; do
  sleep 3600 &
  wait $! || true
done

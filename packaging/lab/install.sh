#!/bin/bash
# Installs what the lab needs and builds its guest; safe to run again, does nothing that is already done.
# Result: ${BALLAST_LAB_CACHE:-/var/cache/ballast-lab}/{guest/vmlinuz,guest/initrd.gz,guest/initrd-agent.gz,
# bin/qemu-lab,bin/lab-enter,bin/lab-clock.so},
# prometheus/usr/bin/{prometheus,promtool} and chrony/usr/{bin/chronyc,sbin/chronyd}
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${BALLAST_LAB_CACHE:-/var/cache/ballast-lab}
apt_options=(-q -y -o DPkg::Lock::Timeout=300 -o APT::Sandbox::User=root)

# Command that must exist -> package that has it. A command that is there is never asked of apt again.
commands="libvirtd:libvirt-daemon-system virsh:libvirt-clients qemu-system-x86_64:qemu-system-x86
  qemu-img:qemu-utils ovs-vswitchd:openvswitch-switch ip:iproute2 cpio:cpio ethtool:ethtool gcc:gcc
  openssl:openssl dnsmasq:dnsmasq-base iptables:iptables unshare:util-linux flock:util-linux stty:coreutils gzip:gzip curl:curl"
files="/bin/busybox:busybox-static /usr/lib/x86_64-linux-gnu/libc.a:libc6-dev"
modules="net/core/failover drivers/net/net_failover drivers/net/virtio_net drivers/block/virtio_blk
  drivers/virtio/virtio drivers/virtio/virtio_ring drivers/virtio/virtio_pci drivers/virtio/virtio_balloon
  drivers/virtio/virtio_pci_legacy_dev drivers/virtio/virtio_pci_modern_dev drivers/char/virtio_console
  drivers/input/evdev drivers/acpi/button"

die() { echo "install.sh: $1" >&2; echo "  remedy: $2" >&2; exit 1; }

step() { # NAME COMMAND...: runs the command, prints one line with its seconds
  local name=$1 start=$EPOCHREALTIME
  shift
  "$@"
  awk -v n="$name" -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%-28s %6.1f s\n", n, b - a }'
}

missing_packages() {
  local pair
  for pair in $commands; do
    PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%:*}" >/dev/null || echo "${pair##*:}"
  done
  for pair in $files; do [ -e "${pair%%:*}" ] || echo "${pair##*:}"; done
  # busybox-static and busybox own the same file; the guest needs the static one
  if [ -e /bin/busybox ] && ldd /bin/busybox >/dev/null 2>&1; then echo busybox-static; fi
}

logged() { # runs a command, shows its output only if it fails
  local log=$cache/install.log
  "$@" </dev/null >"$log" 2>&1 || { tail -15 "$log" >&2; return 1; }
}

install_packages() {
  local packages
  packages=$(missing_packages | sort -u | tr '\n' ' ')
  [ -n "$packages" ] || return 0
  export DEBIAN_FRONTEND=noninteractive
  logged apt-get update "${apt_options[@]}" ||
    die "apt-get update failed" "check the machine's package sources in /etc/apt and run this again"
  # shellcheck disable=SC2086 # a list of words
  logged apt-get install "${apt_options[@]}" --no-install-recommends $packages ||
    die "cannot install: $packages" "install these Debian packages by hand, then run this again"
  packages=$(missing_packages | sort -u | tr '\n' ' ')
  [ -z "$packages" ] || die "still missing after installation: $packages" "look at $cache/install.log"
}

kernel_package() { # newest signed cloud kernel of the 6.1 series
  apt-cache search --names-only '^linux-image-6\.1\..*-cloud-amd64$' | cut -d' ' -f1 | sort -V | tail -1
}

fetch_kernel() {
  local package
  [ -s "$cache/kernel/package" ] && return 0
  package=$(kernel_package)
  if [ -z "$package" ]; then
    logged apt-get update "${apt_options[@]}" || die "apt-get update failed" "check /etc/apt and run this again"
    package=$(kernel_package)
  fi
  [ -n "$package" ] || die "apt offers no linux-image-6.1.*-cloud-amd64" "use Debian 12 with its own package sources"
  unpack "$package" "$cache/kernel"
  echo "$package" >"$cache/kernel/package"
}

unpack() { # PACKAGE DIRECTORY: the files of a Debian package, without installing it
  local package=$1 target=$2
  rm -rf "$target" "$cache/download"
  mkdir -p "$cache/download"
  (cd "$cache/download" && { logged apt-get download "${apt_options[@]}" "$package" ||
    { logged apt-get update "${apt_options[@]}" && logged apt-get download "${apt_options[@]}" "$package"; }; }) ||
    die "cannot download $package" "check the machine's package sources in /etc/apt and run this again"
  dpkg-deb -x "$cache"/download/"${package%%=*}"_*.deb "$target"
  rm -rf "$cache/download"
}

fetch_prometheus() { # only its two programs: installed, the package would start a service and bring 300 MB
  [ -x "$cache/prometheus/usr/bin/promtool" ] || unpack prometheus "$cache/prometheus"
}

fetch_chrony() { # only its two programs: installed, the package would set the machine's clock
  [ -x "$cache/chrony/usr/sbin/chronyd" ] || unpack chrony "$cache/chrony"
}

compile() { # SOURCE TARGET FLAGS...
  local source=$1 target=$2
  shift 2
  gcc -O2 -Wall -Wextra "$@" -o "$target.new" "$here/$source" ||
    die "cannot compile $here/$source" "install gcc and libc6-dev"
  mv "$target.new" "$target"
}

build_tools() {
  mkdir -p "$cache/bin"
  [ "$cache/bin/lab-enter" -nt "$here/lab-enter.c" ] || compile lab-enter.c "$cache/bin/lab-enter"
  [ "$cache/bin/lab-clock.so" -nt "$here/lab-clock.c" ] ||
    compile lab-clock.c "$cache/bin/lab-clock.so" -shared -fPIC
  # replaced only when it differs: libvirt probes an emulator again whenever the file changes
  cmp -s "$here/qemu-lab" "$cache/bin/qemu-lab" || install -m 755 "$here/qemu-lab" "$cache/bin/qemu-lab"
}

guest_stamp() { cat "$here/guest-init" "$here/lab-guest.c" "$here/install.sh" "$cache/kernel/package" | sha256sum; }

build_guest() {
  local root module tree
  [ -s "$cache/guest/initrd.gz" ] && [ "$(cat "$cache/guest/stamp" 2>/dev/null)" = "$(guest_stamp)" ] && return 0
  mkdir -p "$cache/guest"
  root=$(mktemp -d "$cache/guest/root.XXXXXX")
  tree=$(echo "$cache"/kernel/lib/modules/*/kernel)
  mkdir -p "$root"/{bin,dev,proc,sys,tmp,run,etc,root,lib/modules}
  cp /bin/busybox "$root/bin/busybox"
  install -m 755 "$here/guest-init" "$root/init"
  compile lab-guest.c "$root/bin/lab-guest" -static -pthread -s
  for module in $modules; do
    cp "$tree/$module.ko" "$root/lib/modules/" ||
      die "$(cat "$cache/kernel/package") has no module $module" "adapt the list of modules in install.sh"
  done
  (cd "$root" && find . | cpio -o -H newc --quiet | gzip -6) >"$cache/guest/initrd.new"
  rm -rf "$root"
  cp "$cache"/kernel/boot/vmlinuz-* "$cache/guest/vmlinuz"
  mv "$cache/guest/initrd.new" "$cache/guest/initrd.gz"
  guest_stamp >"$cache/guest/stamp"
}

# The same guest with QEMU's guest agent, for those that are asked something: started by
# `lab.sh run HOST VM qemu-ga -d`. Its own file, since unpacking it takes an emulated guest another second.
build_agent_guest() {
  local root library agent=$cache/guest-agent/usr/sbin/qemu-ga
  [ "$cache/guest/initrd-agent.gz" -nt "$cache/guest/initrd.gz" ] && return 0
  [ -x "$agent" ] || unpack qemu-guest-agent "$cache/guest-agent"
  root=$(mktemp -d "$cache/guest/root.XXXXXX")
  mkdir -p "$root"/{bin,sbin,lib64,var/run,var/log}
  cp "$agent" "$root/bin/"
  ln -s /bin/busybox "$root/sbin/hwclock" # the agent sets the guest's RTC by this name
  for library in $(ldd "$agent" | grep -o '/[^ ]*'); do
    cp -L --parents "$library" "$root" || die "$agent needs $library" "install the package that has it"
  done
  (cd "$root" && find . | cpio -o -H newc --quiet | gzip -6) >"$cache/guest/agent.new"
  cat "$cache/guest/initrd.gz" "$cache/guest/agent.new" >"$cache/guest/initrd-agent.new"
  rm -rf "$root" "$cache/guest/agent.new"
  mv "$cache/guest/initrd-agent.new" "$cache/guest/initrd-agent.gz"
}

[ "$(id -u)" = 0 ] || die "needs root" "run it as root"
[ "$(uname -m)" = x86_64 ] || die "the lab runs on x86_64 only, this is $(uname -m)" "use another machine"
command -v apt-get >/dev/null || die "needs apt-get" "use Debian 12, or install the packages named in this file by hand"
mkdir -p "$cache"
exec 9>"$cache/lock"
flock -w 600 9 || die "another install.sh holds $cache/lock for 10 minutes" "end it and run this again"
step "packages" install_packages
step "guest kernel" fetch_kernel
step "Prometheus" fetch_prometheus
step "chrony" fetch_chrony
step "tools" build_tools
step "guest initrd" build_guest
step "guest with its agent" build_agent_guest
echo "lab installed in $cache ($(cat "$cache/kernel/package"))"

#!/bin/bash
# A whole Debian host as an emulated machine: systemd, cgroup v2, two NUMA nodes, Open vSwitch in the kernel, KVM for
# its own guests. For what the lab's hosts, which share this machine's kernel, cannot show. Needs root.
#
#   nested.sh build               makes image and snapshot, once (about 4 minutes); does nothing when they are there
#   nested.sh up                  resumes the snapshot (seconds)
#   nested.sh exec COMMAND...     runs a command in it; its exit code is the command's
#   nested.sh put FILE... TARGET  copies files into it
#   nested.sh down                ends it; what it changed is gone
#   nested.sh status
#
# It reaches this machine as 10.0.2.2 (QEMU's user network); nothing but this machine's loopback reaches it.
# BALLAST_NESTED_DIR: where it runs (/var/tmp/ballast-nested); BALLAST_NESTED_PORT: its ssh on 127.0.0.1 (2211).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${BALLAST_LAB_CACHE:-/var/cache/ballast-lab}
store=$cache/nested
run=${BALLAST_NESTED_DIR:-/var/tmp/ballast-nested}
port=${BALLAST_NESTED_PORT:-2211}
packages="libvirt-daemon-system libvirt-clients libvirt-daemon-driver-qemu qemu-system-x86 qemu-utils
  openvswitch-switch chrony numactl openssh-server iputils-ping dnsmasq-base nftables iptables"
cpus=4 node_mib=1024
export PATH=$PATH:/usr/sbin:/sbin

die() { echo "nested.sh: $1" >&2; echo "  remedy: $2" >&2; exit 1; }

step() { # NAME COMMAND...: runs the command, prints one line with its seconds
  local name=$1 start=$EPOCHREALTIME
  shift
  "$@"
  awk -v n="$name" -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%-28s %6.1f s\n", n, b - a }'
}

logged() { # runs a command, shows its output only if it fails
  "$@" </dev/null >"$store/build.log" 2>&1 || { tail -15 "$store/build.log" >&2; return 1; }
}

need_tools() {
  local missing=()
  command -v debootstrap >/dev/null || missing+=(debootstrap)
  command -v ssh-keygen >/dev/null || missing+=(openssh-client)
  command -v mkfs.ext4 >/dev/null || missing+=(e2fsprogs)
  [ ${#missing[@]} -gt 0 ] || return 0
  export DEBIAN_FRONTEND=noninteractive
  { logged apt-get -q -o DPkg::Lock::Timeout=300 update &&
    logged apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends install "${missing[@]}"; } ||
    die "cannot install ${missing[*]}" "check the machine's package sources in /etc/apt"
}

# The mirror that this machine's own packages come from.
mirror() {
  local uri
  uri=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep -v -i security | head -1)
  [ -n "$uri" ] || die "apt names no package source" "check /etc/apt"
  echo "$uri"
}

release() { # the kernel of the lab's guests serves here too
  local directory
  directory=$(echo "$cache"/kernel/lib/modules/*)
  [ -d "$directory" ] || die "the lab is not installed in $cache" "run $here/install.sh"
  basename "$directory"
}

bootstrap() { logged debootstrap --variant=minbase \
  --include=systemd,systemd-sysv,dbus,udev,kmod,iproute2,procps,ca-certificates bookworm "$root" "$(mirror)" ||
  die "debootstrap failed" "see the lines above"; }

install_packages() {
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" # starts no service while installing
  chmod 755 "$root/usr/sbin/policy-rc.d"
  printf '%s\n' 'APT::Install-Recommends "0";' 'Acquire::Languages "none";' 'APT::Sandbox::User "root";' \
    'Dpkg::Options { "--force-unsafe-io"; };' >"$root/etc/apt/apt.conf.d/99nested"
  printf 'path-exclude=/usr/share/%s/*\n' man doc locale >"$root/etc/dpkg/dpkg.cfg.d/slim"
  cp -a /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  mount -t proc proc "$root/proc"
  trap 'umount "$root/proc" 2>/dev/null || true' EXIT
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086 # a list of words
  { logged chroot "$root" apt-get -q update && logged chroot "$root" apt-get -qy install $packages &&
    logged chroot "$root" apt-get clean; } || die "cannot install packages in the image" "see the lines above"
  umount "$root/proc"
  trap - EXIT
}

unit() { cat >"$root/etc/systemd/system/$1"; }

configure() {
  local kernel
  kernel=$(release)
  mkdir -p "$root/usr/lib/modules" "$root/root/.ssh" "$root/etc/systemd/journald.conf.d" "$root/var/lib/libvirt/images"
  cp -a "$cache/kernel/lib/modules/$kernel" "$root/usr/lib/modules/"
  chroot "$root" depmod "$kernel"
  echo nested >"$root/etc/hostname"
  printf '127.0.0.1 localhost\n127.0.1.1 nested\n' >"$root/etc/hosts"
  : >"$root/etc/fstab"
  : >"$root/etc/machine-id"
  printf '[Match]\nName=eth0\n[Network]\nAddress=10.0.2.15/24\nGateway=10.0.2.2\nLinkLocalAddressing=no\n' \
    >"$root/etc/systemd/network/10-eth0.network"
  printf '[Journal]\nStorage=volatile\n' >"$root/etc/systemd/journald.conf.d/volatile.conf"
  rm -f "$store/id" "$store/id.pub"
  ssh-keygen -q -t ed25519 -N '' -f "$store/id"
  cp "$store/id.pub" "$root/root/.ssh/authorized_keys"
  chmod 700 "$root/root/.ssh" && chmod 600 "$root/root/.ssh/authorized_keys"
  rm -f "$root"/etc/ssh/ssh_host_*
  ssh-keygen -q -t ed25519 -N '' -f "$root/etc/ssh/ssh_host_ed25519_key"
  printf '%s\n' 'PermitRootLogin prohibit-password' 'UseDNS no' 'UsePAM no' \
    'HostKey /etc/ssh/ssh_host_ed25519_key' >"$root/etc/ssh/sshd_config.d/nested.conf"
  unit ready.service <<'END'
[Unit]
After=ssh.service libvirtd.service openvswitch-switch.service
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'echo NESTED READY >/dev/console'
[Install]
WantedBy=multi-user.target
END
  logged chroot "$root" systemctl enable systemd-networkd ssh ready
  logged chroot "$root" systemctl mask systemd-networkd-wait-online apt-daily.timer apt-daily-upgrade.timer \
    e2scrub_all.timer fstrim.timer dpkg-db-backup.timer getty@tty1 apparmor
  cp "$cache/guest/vmlinuz" "$cache/guest/initrd.gz" "$root/var/lib/libvirt/images/"
  rm -f "$root/usr/sbin/policy-rc.d" "$root/etc/apt/apt.conf.d"/*proxy*
  rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/etc/apt/sources.list*
  printf 'nameserver 10.0.2.3\n' >"$root/etc/resolv.conf"
}

# The JDK that runs this, cut to what the programs use: the host needs no package source for it.
runtime() {
  rm -rf "$root/usr/lib/jvm"
  mkdir -p "$root/usr/lib/jvm"
  logged "${JAVA_HOME:?a JDK of at least version 25}/bin/jlink" --strip-debug --no-header-files --no-man-pages \
    --add-modules java.se,jdk.unsupported,jdk.crypto.ec,jdk.httpserver,jdk.management --output "$root/usr/lib/jvm/ballast"
}

# The kernel has neither virtio nor NVMe's snapshots: a small initrd brings virtio to the root.
initrd() {
  local modules=$cache/kernel/lib/modules/$(release)/kernel/drivers tree module
  tree=$(mktemp -d "$store/initrd.XXXXXX")
  mkdir -p "$tree"/{bin,dev,modules,root}
  cp /bin/busybox "$tree/bin/"
  for module in virtio/virtio virtio/virtio_ring virtio/virtio_pci_modern_dev virtio/virtio_pci_legacy_dev \
    virtio/virtio_pci block/virtio_blk; do
    cp "$modules/$module.ko" "$tree/modules/"
  done
  cat >"$tree/init" <<'END'
#!/bin/busybox sh
b=/bin/busybox
$b mount -t devtmpfs dev /dev
for m in virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk; do $b insmod /modules/$m.ko; done
$b mount -t ext4 -o rw,noatime /dev/vda /root
$b mount --move /dev /root/dev
exec $b switch_root /root /sbin/init
END
  chmod 755 "$tree/init"
  (cd "$tree" && find . | cpio -o -H newc --quiet | gzip -1) >"$store/initrd.gz"
  rm -rf "$tree"
}

image() {
  rm -f "$store/root.img"
  truncate -s 4G "$store/root.img"
  logged mkfs.ext4 -q -L root -O ^has_journal,^metadata_csum -E lazy_itable_init=1,nodiscard -d "$root" "$store/root.img"
  logged qemu-img convert -f raw -O qcow2 "$store/root.img" "$store/disk.qcow2"
  cp "$cache"/kernel/boot/vmlinuz-* "$store/vmlinuz"
  rm -rf "$root" "$store/root.img"
}

start() { # DISK ARGUMENTS...
  local disk=$1 half=$((cpus / 2)) _
  shift
  mkdir -p "$run"
  rm -f "$run/monitor"
  setsid qemu-system-x86_64 -name nested -nodefaults -no-user-config -display none -machine q35 \
    -accel tcg,thread=multi,tb-size=256 -cpu max,la57=off -smp $cpus,sockets=2,cores=$half,threads=1 \
    -m $((2 * node_mib)) -object memory-backend-ram,id=m0,size=${node_mib}M \
    -object memory-backend-ram,id=m1,size=${node_mib}M -numa node,nodeid=0,cpus=0-$((half - 1)),memdev=m0 \
    -numa node,nodeid=1,cpus=$half-$((cpus - 1)),memdev=m1 -numa dist,src=0,dst=1,val=20 \
    -kernel "$store/vmlinuz" -initrd "$store/initrd.gz" -append "console=ttyS0 net.ifnames=0 mitigations=off psi=1 \
systemd.unified_cgroup_hierarchy=1 tsc=reliable quiet" \
    -drive if=none,id=d0,file="$disk",format=qcow2,cache=unsafe,discard=unmap -device virtio-blk-pci,drive=d0 \
    -netdev user,id=n0,hostfwd=tcp:127.0.0.1:"$port"-:22 -device virtio-net-pci,netdev=n0,mac=52:54:00:00:00:01,romfile= \
    -device virtio-rng-pci -serial file:"$run/console" -monitor unix:"$run/monitor",server=on,wait=off \
    -pidfile "$run/pid" "$@" >"$run/qemu.log" 2>&1 </dev/null &
  for _ in {1..100}; do alive && return; sleep 0.1; done
  die "QEMU does not start: $(tail -3 "$run/qemu.log")" "see $run/qemu.log"
}

alive() { [ -s "$run/pid" ] && kill -0 "$(cat "$run/pid")" 2>/dev/null; }

monitor() { # COMMAND: waits for its answer
  python3 - "$run/monitor" "$1" <<'END'
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(300)
s.connect(sys.argv[1])
def prompt():
    text = b""
    while not text.rstrip().endswith(b"(qemu)"):
        more = s.recv(4096)
        if not more:
            return text
        text += more
    return text
prompt()
s.sendall(sys.argv[2].encode() + b"\n")
answer = prompt()
sys.exit("QEMU: " + answer.decode(errors="replace") if b"Error" in answer else 0)
END
}

ssh_options=(-q -i "$store/id" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=20
  -o ServerAliveInterval=20 -o ControlMaster=auto -o ControlPath="$run/ssh" -o ControlPersist=600)

inside() { ssh "${ssh_options[@]}" -p "$port" root@127.0.0.1 "$(printf '%q ' "$@")" </dev/null; }

await_ssh() { # SECONDS
  local deadline=$((SECONDS + $1))
  until inside true 2>/dev/null; do
    alive || die "the nested host ended: $(tail -3 "$run/qemu.log" 2>/dev/null)" "see $run/qemu.log and $run/console"
    [ $SECONDS -le $deadline ] || die "the nested host does not answer on port $port" "see $run/console"
    sleep 0.5
  done
}

boot_once() {
  start "$store/disk.qcow2"
  await_ssh 600
  # libvirt's first answer takes up to a minute here: it looks what QEMU can do
  inside sh -c 'until systemctl is-active -q libvirtd openvswitch-switch; do sleep 2; done; virsh -c qemu:///system version; virsh -c qemu:///system domcapabilities >/dev/null; modprobe openvswitch; modprobe kvm_amd; sync' >/dev/null
  monitor "savevm ready"
  monitor "quit" || true
  rm -f "$run/ssh"
}

stamp() { cat "$0" "$cache/kernel/package" | sha256sum; }

build() {
  [ "$(id -u)" = 0 ] || die "needs root" "run it as root"
  mkdir -p "$store"
  if [ -s "$store/disk.qcow2" ] && [ "$(cat "$store/stamp" 2>/dev/null)" = "$(stamp)" ]; then return 0; fi
  need_tools
  root=$store/root
  rm -rf "$root"
  step "debootstrap" bootstrap
  step "packages" install_packages
  step "configuration" configure
  step "Java" runtime
  step "initrd" initrd
  step "image" image
  step "first boot, snapshot" boot_once
  stamp >"$store/stamp"
}

up() {
  ! alive || die "the nested host runs already" "nested.sh down"
  build
  mkdir -p "$run"
  cp --sparse=always "$store/disk.qcow2" "$run/disk.qcow2"
  start "$run/disk.qcow2" -loadvm ready
  await_ssh 120
  inside date -s "@$(date +%s)" >/dev/null
}

down() {
  local pid
  [ ! -S "$run/ssh" ] || ssh "${ssh_options[@]}" -p "$port" -O exit root@127.0.0.1 2>/dev/null || true
  if alive; then
    pid=$(cat "$run/pid")
    kill -9 "$pid"
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
  fi
  rm -rf "$run"
}

put() {
  local target=${*: -1}
  scp -r "${ssh_options[@]}" -P "$port" "${@:1:$#-1}" "root@127.0.0.1:$target" </dev/null
}

case ${1:-} in
  build) build ;;
  up) up ;;
  exec) shift; inside "$@" ;;
  put) shift; put "$@" ;;
  down) down ;;
  status) if alive; then echo "runs (pid $(cat "$run/pid"))"; else echo "down"; fi ;;
  *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 2 ;;
esac

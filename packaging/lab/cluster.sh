# shellcheck shell=bash
# A whole Ballast in the lab: coordinator in the switch's network, one agent in each host. Sourced by the demo and the
# benchmarks, after setup.sh. All processes run inside the lab, so `lab.sh down` ends them whatever happened.
cluster_dir=${BALLAST_CLUSTER_DIR:-/var/tmp/ballast-cluster}
cluster_address=${BALLAST_LAB_NET:-10.77.0}.254
cluster_port=7443
bin=$root/packaging/bin
guest_files=${BALLAST_LAB_CACHE:-/var/cache/ballast-lab}

in_coordinator() { "$lab" exec coordinator env JAVA_HOME="$JAVA_HOME" "$@"; }
in_host() { local host=$1; shift; "$lab" exec "$host" env JAVA_HOME="$JAVA_HOME" "$@"; }

# The command line, as the operator `admin`.
ballast() { in_coordinator BALLAST_CONFIG="$cluster_dir/operators/admin/config.yaml" TERM="${TERM:-dumb}" "$bin/ballast" "$@"; }

cluster_init() { # AUTOMATION HOST...
  local automation=$1 host arguments=()
  shift
  rm -rf "$cluster_dir"
  for host in "$@"; do arguments+=(--host "$host"); done
  in_coordinator "$bin/ballast-coordinator" init --dir "$cluster_dir" --cluster lab \
    --address "$cluster_address" --operator admin --state-root "$cluster_dir/state" "${arguments[@]}" >"${TMPDIR:-/tmp}/ballast-init.log"
  sed -i "s/^#\? *automation:.*/automation: $automation/" "$cluster_dir/coordinator.yaml"
  for host in "$@"; do
    sed -i -E 's/^#(migration:|  uri: qemu|  tls: true)/\1/' "$cluster_dir/hosts/$host/agent.yaml"
    # only in the lab is a host's capacity narrower than its CPUs
    sed -i "s|^\( *\)name: $host\$|&\n\1capacityCgroup: /sys/fs/cgroup/cpu/machine|" "$cluster_dir/hosts/$host/agent.yaml"
  done
}

start_coordinator() {
  in_coordinator "$bin/ballast-coordinator" run --config "$cluster_dir/coordinator.yaml" \
    >>"$cluster_dir/coordinator.log" 2>&1 </dev/null &
}

start_agent() { # HOST
  in_host "$1" "$bin/ballast-agent" run --config "$cluster_dir/hosts/$1/agent.yaml" \
    >>"$cluster_dir/$1-agent.log" 2>&1 </dev/null &
}

await_agents() { # COUNT
  local tries=0
  until [ "$(ballast status -o json 2>/dev/null | sed -n 's/.*"hostsConnected": *\([0-9]*\).*/\1/p')" = "$1" ]; do
    [ $((tries += 1)) -le 60 ] || die "only some of $1 agents came" "see $cluster_dir/*.log"
    sleep 0.5
  done
}

guest_yaml() { # NAME [HOST]: a small guest of the lab as a specification
  cat <<END
kind: VM
name: $1
vcpus: 1
memory: 128MiB
type: qemu
machine: pc
emulator: $guest_files/bin/qemu-lab
boot:
  kernel: $guest_files/guest/vmlinuz
  initrd: $guest_files/guest/initrd.gz
  cmdline: "console=ttyS0 quiet ballast.name=$1"
END
  [ -z "${2:-}" ] || printf 'placement:\n  hosts: [%s]\n' "$2"
}

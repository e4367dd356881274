package dev.ballast.agent.command;

import dev.ballast.agent.host.kernel.KernelWriter;
import dev.ballast.agent.host.machine.MachineSettings;
import dev.ballast.agent.host.machine.MachineWriter;
import dev.ballast.agent.host.storage.PoolSpace;
import dev.ballast.agent.host.storage.StoreSettings;
import dev.ballast.agent.host.storage.StoredFiles;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.VirtualNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What of a fake host is set as a whole, with a first state for each kind of it. */
final class FakeMachine {
  static final String HUGEPAGES = "sys/devices/system/node/node0/hugepages/hugepages-2048kB";
  private static final String KSM = "sys/kernel/mm/ksm/";
  private static final long IMAGE_BYTES = 1 << 20;

  /** Of all its file systems. */
  PoolSpace.Space space = new PoolSpace.Space(100, 90);

  private final FakeFiles files;
  private final FakePrograms programs;

  FakeMachine(FakeFiles files, FakePrograms programs) throws IOException {
    this.files = files;
    this.programs = programs;
    addKsm();
    files.putOnce("proc/sys/net/ipv4/ip_forward", "0\n");
    files.putOnce("proc/sys/net/ipv6/conf/all/forwarding", "0\n");
    files.putOnce("usr/sbin/nft", "");
    files.putOnce("usr/sbin/ip", "");
    if (networks().networks().isEmpty()) {
      addNetworks();
    }
    files.putOnce("sys/devices/system/node/node0/meminfo", "Node 0 MemFree: 1048576 kB\n");
    files.putOnce(HUGEPAGES + "/nr_hugepages", "4\n");
    files.putOnce(HUGEPAGES + "/free_hugepages", "1\n");
    files.putOnce("proc/mounts", "cgroup /sys/fs/cgroup/cpuset cgroup rw,cpuset 0 0\n");
    files.putOnce("sys/fs/cgroup/cpuset/machine/cpuset.cpus", "0-7\n");
    Files.createDirectories(files.path("etc/chrony/sources.d"));
  }

  private void addKsm() throws IOException {
    for (String file : List.of("run", "pages_shared", "pages_sharing")) {
      files.putOnce(KSM + file, "0\n");
    }
    files.putOnce(KSM + "pages_to_scan", "100\n");
    files.putOnce(KSM + "sleep_millisecs", "20\n");
  }

  private void addNetworks() {
    SortedMap<String, VirtualNetwork> own = new TreeMap<>();
    own.put(
        "guests", VirtualNetwork.wanted("guests", "open", "10.5.0.1/24", "", "", new TreeMap<>()));
    set(new HostSetting.VirtualNetworks(own));
    networks()
        .define("<network><name>default</name><uuid>4</uuid><ip address='10.9.0.1'/></network>");
  }

  /** Without a command. */
  void set(HostSetting setting) {
    try {
      writer(new KernelWriter(files.kernel())).write(setting, FakeHost.ONLINE);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  MachineSettings settings() {
    return new MachineSettings(
        files.kernel(),
        () -> FakeHost.ONLINE,
        programs,
        networks(),
        new StoredFiles(store(), pool -> space));
  }

  MachineWriter writer(KernelWriter kernel) {
    return new MachineWriter(
        files.kernel(),
        kernel,
        programs,
        Optional.of(new MachineWriter.Networks(networks(), networks())));
  }

  /** Where the host keeps files. */
  StoreSettings store() {
    return new StoreSettings(files.path("images"), IMAGE_BYTES, List.of(files.path("volumes")));
  }

  /** The networks of its libvirt. */
  FakeNetworks networks() {
    return new FakeNetworks(files.path("fake/networks"));
  }

  /** From now on as on a host of cgroup version 2 under systemd. */
  void useSystemd() throws IOException {
    Files.createDirectories(files.path("run/systemd/system"));
    files.put("proc/mounts", "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n");
    files.put("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory\n");
  }
}

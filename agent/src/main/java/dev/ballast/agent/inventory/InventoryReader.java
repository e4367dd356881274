package dev.ballast.agent.inventory;

import dev.ballast.agent.host.cgroup.CgroupMounts;
import dev.ballast.agent.host.cgroup.CpuGroup;
import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.kernel.KsmFiles;
import dev.ballast.core.model.Capability;
import dev.ballast.core.model.DeviceMatch;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostTraits;
import dev.ballast.core.topology.Topology;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Takes stock of the host. What is missing becomes a lack with its reason and remedy, never an
 * error.
 */
public final class InventoryReader {
  private static final long MILLIS_PER_CPU = 1000;

  private final KernelFiles files;
  private final Optional<String> capacityCgroup;
  private final Optional<String> migrationUri;
  private final HostTraits traits;
  private final SortedMap<String, List<DeviceMatch>> devicePools;
  private final Software software;

  /**
   * What other parts know of the host's software; asked at each reading.
   *
   * @param libvirt absent while libvirt does not answer
   * @param qemu absent while libvirt does not answer
   * @param ovs absent when Open vSwitch does not run
   * @param cpuModel asked only where /proc/cpuinfo names no model
   */
  public record Software(
      Supplier<Optional<String>> libvirt,
      Supplier<Optional<String>> qemu,
      Supplier<Optional<String>> ovs,
      Supplier<Optional<String>> cpuModel) {}

  /**
   * @param capacityCgroup the directory of the group whose quota bounds what guests may use; absent
   *     for all of the host
   * @param migrationUri this host's libvirt as other hosts reach it
   * @param traits what people say of the host
   * @param devicePools the devices that guests are given, by pool
   */
  public InventoryReader(
      KernelFiles files,
      Optional<String> capacityCgroup,
      Optional<String> migrationUri,
      HostTraits traits,
      SortedMap<String, List<DeviceMatch>> devicePools,
      Software software) {
    this.files = files;
    this.capacityCgroup = capacityCgroup;
    this.migrationUri = migrationUri;
    this.traits = traits;
    this.devicePools = devicePools;
    this.software = software;
  }

  public HostInventory read() {
    Topology topology = new TopologyReader(files).read();
    ProcCpuInfo cpuInfo = ProcCpuInfo.read(files);
    CgroupMounts cgroups = CgroupMounts.read(files);
    SortedMap<String, String> versions = versions();
    return new HostInventory(
        topology,
        Optional.of(cpuInfo.model())
            .filter(model -> !model.isEmpty())
            .or(software.cpuModel())
            .orElse("unknown"),
        cpuInfo.flags(),
        new MemInfo(files).totalBytes().orElse(topology.memoryBytes()),
        capacityMillis(topology, cgroups),
        cgroups.version(),
        cgroups.controllers(),
        versions,
        lacks(cpuInfo, cgroups, versions),
        migrationUri,
        traits,
        new DeviceReader(files, devicePools).read());
  }

  private long capacityMillis(Topology topology, CgroupMounts cgroups) {
    long cpus = topology.onlineCpus().size() * MILLIS_PER_CPU;
    return capacityCgroup
        .map(directory -> new CpuGroup(directory, cgroups).quotaMillis(files).orElse(cpus))
        .map(quota -> Math.min(quota, cpus))
        .orElse(cpus);
  }

  private SortedMap<String, String> versions() {
    SortedMap<String, String> versions = new TreeMap<>();
    files
        .read("/proc/sys/kernel/osrelease", 256)
        .ifPresent(kernel -> versions.put("kernel", kernel.strip()));
    software.libvirt().get().ifPresent(version -> versions.put("libvirt", version));
    software.qemu().get().ifPresent(version -> versions.put("qemu", version));
    software.ovs().get().ifPresent(version -> versions.put("ovs", version));
    return versions;
  }

  private SortedMap<Capability, String> lacks(
      ProcCpuInfo cpuInfo, CgroupMounts cgroups, SortedMap<String, String> versions) {
    SortedMap<Capability, String> lacks = new TreeMap<>();
    if (!versions.containsKey("libvirt")) {
      lacks.put(Capability.LIBVIRT, "libvirt does not answer: start libvirtd or virtqemud");
    }
    if (!versions.containsKey("ovs")) {
      lacks.put(Capability.OPEN_VSWITCH, "Open vSwitch does not run: start openvswitch-switch");
    }
    kvmLack(cpuInfo).ifPresent(reason -> lacks.put(Capability.KVM, reason));
    if (new KsmFiles(files).read().isEmpty()) {
      lacks.put(Capability.KSM, "no " + KsmFiles.DIRECTORY + ": the kernel lacks CONFIG_KSM");
    }
    if (cgroups.directory("cpu").isEmpty()) {
      lacks.put(Capability.CGROUP_CPU, "no mounted cgroup hierarchy has the cpu controller");
    }
    if (migrationUri.isEmpty()) {
      lacks.put(
          Capability.MIGRATION,
          "agent.yaml has no migration.uri: VMs neither leave nor come (docs/migration.md)");
    }
    if (!hasSchedstat()) {
      lacks.put(
          Capability.SCHEDSTAT,
          "/proc/self/schedstat counts nothing: the kernel lacks CONFIG_SCHED_INFO, contention is"
              + " unknown");
    }
    return lacks;
  }

  /** {@code /dev/kvm} may open and yet serve nothing: on x86 the CPU must show vmx or svm. */
  private Optional<String> kvmLack(ProcCpuInfo cpuInfo) {
    if (!files.exists("/dev/kvm")) {
      return Optional.of("no /dev/kvm: load the kvm module; guests run emulated (TCG)");
    }
    List<String> flags = cpuInfo.flags();
    boolean x86 = cpuInfo.fields().containsKey("vendor_id");
    if (x86 && !flags.contains("vmx") && !flags.contains("svm")) {
      return Optional.of(
          "/dev/kvm exists, but the CPU shows neither vmx nor svm: enable virtualization in the"
              + " firmware or the outer hypervisor; guests run emulated (TCG)");
    }
    return Optional.empty();
  }

  private boolean hasSchedstat() {
    String[] fields = files.read("/proc/self/schedstat", 256).orElse("").strip().split("\\s+");
    return fields.length == 3 && !fields[2].equals("0");
  }
}

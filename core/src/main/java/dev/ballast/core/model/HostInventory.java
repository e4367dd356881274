package dev.ballast.core.model;

import dev.ballast.core.topology.Topology;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a host is: topology, processor, software, and what the agent can do there.
 *
 * @param cpuCapacityMillis thousandths of a CPU that guests may use: the online CPUs, or the limit
 *     of the configured capacity cgroup
 * @param versions by component: kernel, libvirt, qemu, ovs
 * @param lacks the capabilities that are missing, with the reason
 * @param migrationUri the host's libvirt as other hosts reach it; absent where no VM can come
 * @param traits what people say of it
 * @param devices those that it gives to guests, by address
 */
public record HostInventory(
    Topology topology,
    String cpuModel,
    List<String> cpuFlags,
    long memoryBytes,
    long cpuCapacityMillis,
    int cgroupVersion,
    List<String> cgroupControllers,
    SortedMap<String, String> versions,
    SortedMap<Capability, String> lacks,
    Optional<String> migrationUri,
    HostTraits traits,
    List<HostDevice> devices) {
  public HostInventory {
    devices = List.copyOf(devices);
    cpuFlags = List.copyOf(cpuFlags);
    cgroupControllers = List.copyOf(cgroupControllers);
    versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
    lacks = Collections.unmodifiableSortedMap(new TreeMap<>(lacks));
  }

  /** A host that gives no devices to guests. */
  public HostInventory(
      Topology topology,
      String cpuModel,
      List<String> cpuFlags,
      long memoryBytes,
      long cpuCapacityMillis,
      int cgroupVersion,
      List<String> cgroupControllers,
      SortedMap<String, String> versions,
      SortedMap<Capability, String> lacks,
      Optional<String> migrationUri,
      HostTraits traits) {
    this(
        topology,
        cpuModel,
        cpuFlags,
        memoryBytes,
        cpuCapacityMillis,
        cgroupVersion,
        cgroupControllers,
        versions,
        lacks,
        migrationUri,
        traits,
        List.of());
  }

  /** A host that no VM can migrate to. */
  public HostInventory(
      Topology topology,
      String cpuModel,
      List<String> cpuFlags,
      long memoryBytes,
      long cpuCapacityMillis,
      int cgroupVersion,
      List<String> cgroupControllers,
      SortedMap<String, String> versions,
      SortedMap<Capability, String> lacks) {
    this(
        topology,
        cpuModel,
        cpuFlags,
        memoryBytes,
        cpuCapacityMillis,
        cgroupVersion,
        cgroupControllers,
        versions,
        lacks,
        Optional.empty(),
        HostTraits.NONE);
  }

  /** A host of which people say nothing. */
  public HostInventory(
      Topology topology,
      String cpuModel,
      List<String> cpuFlags,
      long memoryBytes,
      long cpuCapacityMillis,
      int cgroupVersion,
      List<String> cgroupControllers,
      SortedMap<String, String> versions,
      SortedMap<Capability, String> lacks,
      Optional<String> migrationUri) {
    this(
        topology,
        cpuModel,
        cpuFlags,
        memoryBytes,
        cpuCapacityMillis,
        cgroupVersion,
        cgroupControllers,
        versions,
        lacks,
        migrationUri,
        HostTraits.NONE);
  }

  /** The same with the version of one more component. */
  public HostInventory withVersion(String component, String version) {
    SortedMap<String, String> newVersions = new TreeMap<>(versions);
    newVersions.put(component, version);
    return new HostInventory(
        topology,
        cpuModel,
        cpuFlags,
        memoryBytes,
        cpuCapacityMillis,
        cgroupVersion,
        cgroupControllers,
        newVersions,
        lacks,
        migrationUri,
        traits,
        devices);
  }

  /** The same host with other traits. */
  public HostInventory withTraits(HostTraits newTraits) {
    return new HostInventory(
        topology,
        cpuModel,
        cpuFlags,
        memoryBytes,
        cpuCapacityMillis,
        cgroupVersion,
        cgroupControllers,
        versions,
        lacks,
        migrationUri,
        newTraits,
        devices);
  }

  /** The same host with other devices for guests. */
  public HostInventory withDevices(List<HostDevice> newDevices) {
    return new HostInventory(
        topology,
        cpuModel,
        cpuFlags,
        memoryBytes,
        cpuCapacityMillis,
        cgroupVersion,
        cgroupControllers,
        versions,
        lacks,
        migrationUri,
        traits,
        newDevices);
  }

  public boolean has(Capability capability) {
    return !lacks.containsKey(capability);
  }
}

package dev.ballast.core.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A VM as people specify it.
 *
 * @param memoryBytes the guest's memory, a multiple of 1 KiB
 * @param emulatorPath absent for the host's default
 * @param pins CPUs written by people; Ballast never moves them
 * @param hosts where the VM may run; empty means anywhere
 * @param antiAffinity names of groups; two VMs of one group never share a host
 * @param automation what Ballast may do with this VM by itself
 * @param labels free key and value pairs
 * @param adopted the definition that it keeps; absent for a VM that Ballast defines by itself.
 *     Type, machine, emulator, boot, disks and NICs of an adopted VM repeat what they say, as far
 *     as a specification has words for it
 * @param limits changed in place, also while it runs; an operator's override holds instead
 * @param rules further wishes for its host
 * @param resources what it needs besides CPUs and ordinary memory
 * @param tuning how it uses its host
 */
@RecordBuilder
public record VmSpec(
    VmName name,
    int vcpus,
    long memoryBytes,
    CpuPolicy cpuPolicy,
    DomainType type,
    Optional<String> machine,
    Optional<String> emulatorPath,
    BootSpec boot,
    List<DiskSpec> disks,
    List<NicSpec> nics,
    Optional<CpuPins> pins,
    SortedSet<HostName> hosts,
    SortedSet<String> antiAffinity,
    RunState run,
    Automation automation,
    SortedMap<String, String> labels,
    Optional<AdoptedDomain> adopted,
    VmLimits limits,
    PlacementRules rules,
    VmResources resources,
    VmTuning tuning)
    implements VmSpecBuilder.With {
  public VmSpec {
    disks = List.copyOf(disks);
    nics = List.copyOf(nics);
    hosts = Collections.unmodifiableSortedSet(new TreeSet<>(hosts));
    antiAffinity = Collections.unmodifiableSortedSet(new TreeSet<>(antiAffinity));
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
  }

  /** A VM that Ballast defines by itself, without limits. */
  public VmSpec(
      VmName name,
      int vcpus,
      long memoryBytes,
      CpuPolicy cpuPolicy,
      DomainType type,
      Optional<String> machine,
      Optional<String> emulatorPath,
      BootSpec boot,
      List<DiskSpec> disks,
      List<NicSpec> nics,
      Optional<CpuPins> pins,
      SortedSet<HostName> hosts,
      SortedSet<String> antiAffinity,
      RunState run,
      Automation automation,
      SortedMap<String, String> labels) {
    this(
        name,
        vcpus,
        memoryBytes,
        cpuPolicy,
        type,
        machine,
        emulatorPath,
        boot,
        disks,
        nics,
        pins,
        hosts,
        antiAffinity,
        run,
        automation,
        labels,
        Optional.empty(),
        VmLimits.NONE,
        PlacementRules.NONE,
        VmResources.NONE,
        VmTuning.DEFAULT);
  }

  /** A VM that uses its host as usual. */
  public VmSpec(
      VmName name,
      int vcpus,
      long memoryBytes,
      CpuPolicy cpuPolicy,
      DomainType type,
      Optional<String> machine,
      Optional<String> emulatorPath,
      BootSpec boot,
      List<DiskSpec> disks,
      List<NicSpec> nics,
      Optional<CpuPins> pins,
      SortedSet<HostName> hosts,
      SortedSet<String> antiAffinity,
      RunState run,
      Automation automation,
      SortedMap<String, String> labels,
      Optional<AdoptedDomain> adopted,
      VmLimits limits,
      PlacementRules rules,
      VmResources resources) {
    this(
        name,
        vcpus,
        memoryBytes,
        cpuPolicy,
        type,
        machine,
        emulatorPath,
        boot,
        disks,
        nics,
        pins,
        hosts,
        antiAffinity,
        run,
        automation,
        labels,
        adopted,
        limits,
        rules,
        resources,
        VmTuning.DEFAULT);
  }

  /** A VM without further wishes for its host. */
  public VmSpec(
      VmName name,
      int vcpus,
      long memoryBytes,
      CpuPolicy cpuPolicy,
      DomainType type,
      Optional<String> machine,
      Optional<String> emulatorPath,
      BootSpec boot,
      List<DiskSpec> disks,
      List<NicSpec> nics,
      Optional<CpuPins> pins,
      SortedSet<HostName> hosts,
      SortedSet<String> antiAffinity,
      RunState run,
      Automation automation,
      SortedMap<String, String> labels,
      Optional<AdoptedDomain> adopted,
      VmLimits limits) {
    this(
        name,
        vcpus,
        memoryBytes,
        cpuPolicy,
        type,
        machine,
        emulatorPath,
        boot,
        disks,
        nics,
        pins,
        hosts,
        antiAffinity,
        run,
        automation,
        labels,
        adopted,
        limits,
        PlacementRules.NONE,
        VmResources.NONE,
        VmTuning.DEFAULT);
  }

  /** The same VM with other hosts to run on and other pins. */
  public VmSpec withPlacement(SortedSet<HostName> newHosts, Optional<CpuPins> newPins) {
    return VmSpecBuilder.builder(this).pins(newPins).hosts(newHosts).build();
  }
}

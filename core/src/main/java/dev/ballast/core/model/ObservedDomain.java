package dev.ballast.core.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Optional;

/**
 * A domain as libvirt and the kernel tell it.
 *
 * @param configDigest SHA-256 of the normalised persistent XML without pins, ids and live aliases;
 *     empty for a transient domain
 * @param livePins from the threads' allowed CPUs in the kernel; absent when inactive
 * @param configPins from the persistent XML; absent for a transient domain
 * @param specDigest the digest that Ballast wrote into the domain's metadata; absent when Ballast
 *     did not define it
 * @param configLimits from the persistent XML; absent where {@code configPins} are, and where the
 *     agent cannot tell
 * @param liveLimits from control groups and the running domain, without the balloon; absent when
 *     inactive or unknown
 * @param configMemory the NUMA nodes of the persistent XML; absent where it names none
 * @param liveMemory those of the running domain, as the kernel has them where control groups keep
 *     them
 * @param snapshots the first {@link DomainSnapshot#LIMIT} that libvirt names
 */
@RecordBuilder
public record ObservedDomain(
    VmName name,
    String uuid,
    DomainState state,
    int vcpus,
    long memoryBytes,
    String configDigest,
    Optional<CpuPins> livePins,
    Optional<CpuPins> configPins,
    Optional<String> specDigest,
    Optional<VmLimits> configLimits,
    Optional<VmLimits> liveLimits,
    Optional<MemoryNodes> configMemory,
    Optional<MemoryNodes> liveMemory,
    List<DomainSnapshot> snapshots)
    implements ObservedDomainBuilder.With {
  public ObservedDomain {
    snapshots = List.copyOf(snapshots);
  }

  /** A domain without snapshots. */
  public ObservedDomain(
      VmName name,
      String uuid,
      DomainState state,
      int vcpus,
      long memoryBytes,
      String configDigest,
      Optional<CpuPins> livePins,
      Optional<CpuPins> configPins,
      Optional<String> specDigest,
      Optional<VmLimits> configLimits,
      Optional<VmLimits> liveLimits,
      Optional<MemoryNodes> configMemory,
      Optional<MemoryNodes> liveMemory) {
    this(
        name,
        uuid,
        state,
        vcpus,
        memoryBytes,
        configDigest,
        livePins,
        configPins,
        specDigest,
        configLimits,
        liveLimits,
        configMemory,
        liveMemory,
        List.of());
  }

  /** A domain whose memory keeps to no nodes. */
  public ObservedDomain(
      VmName name,
      String uuid,
      DomainState state,
      int vcpus,
      long memoryBytes,
      String configDigest,
      Optional<CpuPins> livePins,
      Optional<CpuPins> configPins,
      Optional<String> specDigest,
      Optional<VmLimits> configLimits,
      Optional<VmLimits> liveLimits) {
    this(
        name,
        uuid,
        state,
        vcpus,
        memoryBytes,
        configDigest,
        livePins,
        configPins,
        specDigest,
        configLimits,
        liveLimits,
        Optional.empty(),
        Optional.empty());
  }

  /** A domain whose limits are not known. */
  public ObservedDomain(
      VmName name,
      String uuid,
      DomainState state,
      int vcpus,
      long memoryBytes,
      String configDigest,
      Optional<CpuPins> livePins,
      Optional<CpuPins> configPins,
      Optional<String> specDigest) {
    this(
        name,
        uuid,
        state,
        vcpus,
        memoryBytes,
        configDigest,
        livePins,
        configPins,
        specDigest,
        Optional.empty(),
        Optional.empty());
  }

  /** The snapshot of that name. */
  public Optional<DomainSnapshot> snapshot(String wanted) {
    return snapshots.stream().filter(snapshot -> snapshot.name().equals(wanted)).findFirst();
  }

  /** The same domain with other pins. */
  public ObservedDomain withPins(Optional<CpuPins> newLive, Optional<CpuPins> newConfig) {
    return ObservedDomainBuilder.builder(this).livePins(newLive).configPins(newConfig).build();
  }

  /** The same domain with other limits. */
  public ObservedDomain withLimits(Optional<VmLimits> newConfig, Optional<VmLimits> newLive) {
    return ObservedDomainBuilder.builder(this).configLimits(newConfig).liveLimits(newLive).build();
  }
}

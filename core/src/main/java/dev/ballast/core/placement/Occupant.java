package dev.ballast.core.placement;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.MemoryDemand;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.topology.CpuSet;
import java.util.Optional;
import java.util.Set;

/**
 * What one VM takes of its host.
 *
 * @param memoryBytes on the host, with QEMU's own
 * @param active whether measurements of the host's memory contain it already
 * @param yields whether Ballast may move its emulator
 */
record Occupant(
    VmName vm,
    CpuPins pins,
    boolean dedicated,
    long memoryBytes,
    boolean active,
    boolean yields,
    Set<String> groups) {

  static Occupant assigned(VmSpec spec, Assignment assignment, Optional<ObservedDomain> observed) {
    boolean active = observed.filter(domain -> domain.state().isActive()).isPresent();
    long guest =
        Math.max(
            spec.memoryBytes(),
            observed.filter(d -> d.state().isActive()).map(ObservedDomain::memoryBytes).orElse(0L));
    return new Occupant(
        spec.name(),
        assignment.pins(),
        spec.cpuPolicy() == CpuPolicy.DEDICATED,
        MemoryDemand.onHostBytes(guest),
        active,
        spec.pins().isEmpty() && !assignment.override(),
        spec.antiAffinity());
  }

  /** A running domain that nobody assigned to the host. */
  static Occupant stranger(ObservedDomain domain, CpuSet online, Set<String> groups) {
    CpuPins pins = domain.livePins().orElseGet(() -> CpuPins.uniform(domain.vcpus(), online));
    return new Occupant(
        domain.name(),
        pins,
        false,
        MemoryDemand.onHostBytes(domain.memoryBytes()),
        true,
        false,
        groups);
  }

  Occupant withPins(CpuPins newPins) {
    return new Occupant(vm, newPins, dedicated, memoryBytes, active, yields, groups);
  }
}

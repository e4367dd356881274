package dev.ballast.core.placement;

import dev.ballast.core.model.AssignedDevice;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What one VM takes of its host.
 *
 * @param lingering see {@link #lingering(CpuPins, Optional)}
 * @param memory on the host, with QEMU's own
 * @param active whether measurements of the host's memory contain it already
 * @param yields whether Ballast may move its emulator
 */
record Occupant(
    VmName vm,
    CpuPins pins,
    CpuPins lingering,
    boolean dedicated,
    Pages.Need memory,
    boolean active,
    boolean yields,
    Set<String> groups,
    List<AssignedDevice> devices) {
  static final CpuPins NONE = new CpuPins(List.of(), CpuSet.EMPTY);

  static Occupant assigned(VmSpec spec, Assignment assignment, Optional<ObservedDomain> observed) {
    boolean active = observed.filter(domain -> domain.state().isActive()).isPresent();
    long guest =
        Math.max(
            spec.memoryBytes(),
            observed.filter(d -> d.state().isActive()).map(ObservedDomain::memoryBytes).orElse(0L));
    return new Occupant(
        spec.name(),
        assignment.pins(),
        lingering(assignment.pins(), observed),
        spec.cpuPolicy() == CpuPolicy.DEDICATED,
        Pages.Need.of(spec, guest),
        active,
        spec.pins().isEmpty() && !assignment.override(),
        spec.antiAffinity(),
        assignment.devices());
  }

  /**
   * The live pins of a domain that runs with another number of vCPUs than it is assigned for: they
   * cannot be moved and stay in use until it starts next. Else none.
   */
  static CpuPins lingering(CpuPins pins, Optional<ObservedDomain> observed) {
    return observed
        .filter(domain -> domain.state().isActive())
        .filter(domain -> domain.vcpus() != pins.vcpus().size())
        .flatMap(ObservedDomain::livePins)
        .orElse(NONE);
  }

  /** A VM that was given that seat. */
  static Occupant seated(VmSpec vm, Seat seat, HostUse use) {
    return new Occupant(
        vm.name(),
        seat.pins(),
        lingering(seat.pins(), Optional.ofNullable(use.view().domains().get(vm.name()))),
        vm.cpuPolicy() == CpuPolicy.DEDICATED,
        use.need(vm),
        false,
        vm.pins().isEmpty(),
        vm.antiAffinity(),
        seat.devices());
  }

  /** A running domain that nobody assigned to the host. */
  static Occupant stranger(ObservedDomain domain, CpuSet online, Set<String> groups) {
    CpuPins pins = domain.livePins().orElseGet(() -> CpuPins.uniform(domain.vcpus(), online));
    return new Occupant(
        domain.name(),
        pins,
        NONE,
        false,
        Pages.Need.ordinary(domain.memoryBytes()),
        true,
        false,
        groups,
        List.of());
  }

  Occupant withPins(CpuPins newPins) {
    return new Occupant(vm, newPins, lingering, dedicated, memory, active, yields, groups, devices);
  }

  CpuSet vcpuCpus() {
    return pins.allVcpuCpus().union(lingering.allVcpuCpus());
  }

  /** The CPUs that cannot become another VM's own. */
  CpuSet heldCpus() {
    CpuSet held = vcpuCpus().union(lingering.emulator());
    return yields ? held : held.union(pins.emulator());
  }
}

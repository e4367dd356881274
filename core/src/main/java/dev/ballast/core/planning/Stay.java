package dev.ballast.core.planning;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.RunState;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmSpec;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What keeps a VM where it is. */
final class Stay {
  private Stay() {}

  /** Whether what the VM takes of its host changes, or begins. */
  static boolean needsSeat(
      Snapshot snapshot, @Nullable VmSpec former, VmSpec spec, Assignment assignment) {
    return former == null
        || former.vcpus() != spec.vcpus()
        || former.memoryBytes() != spec.memoryBytes()
        || former.cpuPolicy() != spec.cpuPolicy()
        || former.type() != spec.type()
        || !former.pins().equals(spec.pins())
        || !former.antiAffinity().equals(spec.antiAffinity())
        || !former.rules().equals(spec.rules())
        || !former.resources().equals(spec.resources())
        || needsStart(snapshot, spec, assignment);
  }

  /** Whether the VM is to run and its domain does not. */
  private static boolean needsStart(Snapshot snapshot, VmSpec spec, Assignment assignment) {
    return spec.run() == RunState.RUNNING
        && snapshot
            .domain(assignment.host(), spec.name())
            .filter(domain -> domain.state() != DomainState.SHUT_OFF)
            .isEmpty();
  }

  /** The VM as a placer is to see it: only its own host, and its pins if they can stay. */
  static VmSpec bound(Snapshot snapshot, VmSpec spec, Assignment assignment) {
    VmSpec former = snapshot.specs().get(spec.name());
    SortedSet<HostName> host = new TreeSet<>(List.of(assignment.host()));
    return spec.withPlacement(host, pins(spec, Optional.ofNullable(former), assignment));
  }

  /** Pins that people changed win; an operator's override stays; else what was assigned stays. */
  private static Optional<CpuPins> pins(
      VmSpec spec, Optional<VmSpec> former, Assignment assignment) {
    boolean fits = assignment.pins().vcpus().size() == spec.vcpus();
    boolean sameWish =
        former
            .map(f -> f.pins().equals(spec.pins()) && f.cpuPolicy() == spec.cpuPolicy())
            .orElse(spec.pins().isEmpty());
    if (fits && assignment.override() && sameWish) {
      return Optional.of(assignment.pins());
    }
    if (spec.pins().isPresent()) {
      return spec.pins();
    }
    boolean samePolicy = former.map(f -> f.cpuPolicy() == spec.cpuPolicy()).orElse(true);
    return fits && samePolicy ? Optional.of(assignment.pins()) : Optional.empty();
  }
}

package dev.ballast.core.planning;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Identity;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where a specified VM is now: by its assignment, or by a domain that an earlier plan left. */
sealed interface Located {
  /** Pins that fit no VM, so that new ones are chosen. */
  CpuPins NO_PINS = new CpuPins(List.of(), CpuSet.EMPTY);

  /** On no host. */
  record Nowhere() implements Located {}

  /** Assigned, or found defined by Ballast. */
  record On(Assignment assignment) implements Located {}

  /** Nothing may be planned for it. */
  record Disputed(String problem) implements Located {}

  static Located of(Snapshot snapshot, VmSpec spec) {
    VmName vm = spec.name();
    List<HostName> ours = new ArrayList<>();
    for (HostView view : snapshot.hosts().values()) {
      ObservedDomain domain = view.domains().get(vm);
      if (domain == null) {
        continue;
      }
      if (spec.adopted().isPresent()) {
        if (!domain.uuid().equals(spec.adopted().get().uuid())) {
          return new Disputed(
              "keeps the UUID "
                  + spec.adopted().get().uuid()
                  + ", but the domain of that name on "
                  + view.name()
                  + " has "
                  + domain.uuid()
                  + ": it is another one; rename or undefine it");
        }
        ours.add(view.name());
        continue;
      }
      if (domain.specDigest().isEmpty()) {
        return new Disputed(
            "a domain of that name on "
                + view.name()
                + " belongs to another owner: rename the VM, or take that domain as it is with"
                + " 'ballast adopt "
                + view.name()
                + " "
                + vm
                + "'");
      }
      if (!domain.uuid().equals(Identity.domainUuid(snapshot.cluster(), vm).toString())) {
        return new Disputed(
            "a domain of that name on "
                + view.name()
                + " has the UUID "
                + domain.uuid()
                + " of another cluster of Ballast: rename the VM");
      }
      ours.add(view.name());
    }
    if (ours.size() > 1) {
      return new Disputed("has a domain on each of " + ours + ": undefine all but one");
    }
    Assignment assignment = snapshot.assignments().get(vm);
    if (assignment == null) {
      return ours.isEmpty() ? new Nowhere() : new On(found(snapshot, spec, ours.getFirst()));
    }
    if (!ours.isEmpty() && !ours.getFirst().equals(assignment.host())) {
      return new Disputed(
          "is assigned to "
              + assignment.host()
              + " but its domain is on "
              + ours.getFirst()
              + ": undefine it there");
    }
    return new On(assignment);
  }

  /** An operation that did not end left a domain without an assignment. */
  private static Assignment found(Snapshot snapshot, VmSpec spec, HostName host) {
    Optional<CpuPins> pins =
        snapshot.domain(host, spec.name()).flatMap(d -> d.configPins().or(d::livePins));
    return new Assignment(spec.name(), host, pins.orElseGet(() -> NO_PINS), false);
  }
}

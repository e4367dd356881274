package dev.ballast.core.planning;

import dev.ballast.core.action.Expectation.AfterEarlierSteps;
import dev.ballast.core.action.Expectation.DomainRecord;
import dev.ballast.core.action.MemoryFollow;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.planning.PlanDraft.Step;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.Topology;
import java.util.List;
import java.util.Optional;

/** Plans the pins that an operator wants. Pure. */
public final class PinPlanner {
  /** Plans an override: the pins hold until an operator or a rollback ends them. */
  public PlanResult plan(Snapshot snapshot, VmName vm, CpuPins pins) {
    return plan(snapshot, vm, pins, false);
  }

  /**
   * Plans new pins for a VM that Ballast assigned.
   *
   * @param once whether the pins are only a new assignment that relief may change, instead of an
   *     override that holds
   */
  public PlanResult plan(Snapshot snapshot, VmName vm, CpuPins pins, boolean once) {
    PlanDraft draft = new PlanDraft(snapshot);
    Assignment assignment = snapshot.assignments().get(vm);
    if (assignment == null) {
      draft.problem(vm, "is not a VM that Ballast placed");
      return draft.finish("", Origin.OPERATOR);
    }
    HostView host = snapshot.hosts().get(assignment.host());
    ObservedDomain domain = host == null ? null : host.domains().get(vm);
    if (host == null || domain == null) {
      draft.problem(vm, "has no domain on " + assignment.host() + ", where it is assigned");
      return draft.finish("", Origin.OPERATOR);
    }
    check(snapshot, host, domain, pins, draft);
    boolean there =
        domain.configPins().equals(Optional.of(pins))
            && domain.livePins().map(pins::equals).orElse(true);
    if (!there) {
      Step pinned =
          draft.step(host.name(), new PinCpus(vm, pins), DomainRecord.of(domain), List.of());
      Optional.ofNullable(snapshot.specs().get(vm))
          .flatMap(spec -> MemoryFollow.follow(spec, host, domain, assignment.withPins(pins)))
          .ifPresent(
              follow ->
                  draft.step(
                      host.name(),
                      follow,
                      new AfterEarlierSteps(domain.state(), ""),
                      List.of(pinned)));
    }
    Assignment target = assignment.withPins(pins).withOverride(!once);
    if (!target.equals(assignment)) {
      draft.change(new DesiredChange.PutAssignment(target));
    }
    draft.decide(
        "operator",
        vm,
        once ? "an operator moves it once" : "an operator pins it; relief leaves it there",
        there ? "none" : "1 online re-pin",
        "as the operator wants");
    return draft.finish("pin " + vm + " on " + host.name(), Origin.OPERATOR);
  }

  private static void check(
      Snapshot snapshot, HostView host, ObservedDomain domain, CpuPins pins, PlanDraft draft) {
    Topology topology = host.inventory().topology();
    CpuSet all = pins.allVcpuCpus().union(pins.emulator());
    CpuSet missing = all.minus(topology.onlineCpus());
    if (!missing.isEmpty()) {
      draft.problem(
          domain.name(),
          host.name() + " has no CPUs " + missing + "; its CPUs are " + topology.onlineCpus());
    }
    CpuSet reserved = all.intersect(host.reservedCpus());
    if (!reserved.isEmpty()) {
      draft.problem(
          domain.name(),
          "CPUs "
              + reserved
              + " of "
              + host.name()
              + " are reserved for the host itself; take others, or 'ballast reserve' fewer");
    }
    if (pins.vcpus().size() != domain.vcpus()) {
      draft.problem(
          domain.name(),
          "has " + domain.vcpus() + " vCPUs, the pins are for " + pins.vcpus().size());
    }
    if (pins.emulator().isEmpty() || pins.vcpus().stream().anyMatch(CpuSet::isEmpty)) {
      draft.problem(domain.name(), "each vCPU and the emulator need at least one CPU");
    }
    VmSpec own = snapshot.specs().get(domain.name());
    boolean dedicated = own != null && own.cpuPolicy() == CpuPolicy.DEDICATED;
    CpuSet cores = dedicated ? wholeCores(topology, pins.allVcpuCpus()) : CpuSet.EMPTY;
    for (Assignment other : snapshot.assignments().values()) {
      VmSpec spec = snapshot.specs().get(other.vm());
      if (spec == null || !other.host().equals(host.name()) || other.vm().equals(domain.name())) {
        continue;
      }
      CpuSet used = other.pins().allVcpuCpus();
      boolean owns = spec.cpuPolicy() == CpuPolicy.DEDICATED;
      CpuSet clash =
          owns
              ? all.intersect(wholeCores(topology, used))
              : cores.intersect(used.union(other.pins().emulator()));
      if (!clash.isEmpty()) {
        draft.problem(
            domain.name(),
            "CPUs "
                + clash
                + (owns ? " belong to " + other.vm() : " are used by " + other.vm())
                + " (dedicated CPUs); take others, or move "
                + other.vm());
      }
    }
  }

  private static CpuSet wholeCores(Topology topology, CpuSet cpus) {
    return topology.cores().stream()
        .filter(core -> core.intersects(cpus))
        .reduce(cpus, CpuSet::union);
  }
}

package dev.ballast.core.planning;

import dev.ballast.core.action.Expectation.DomainRecord;
import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.MigrationFit;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.planning.PlanDraft.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Adds live migrations to a plan in the making: one after the other on each host, what must yield
 * on a target before, and what is to be remembered once done.
 */
final class Migrations {
  private final Snapshot snapshot;
  private final MigrationLimits limits;
  private final PlanDraft draft;
  private final Map<HostName, Step> lastOn = new HashMap<>();
  private final List<Step> yielded = new ArrayList<>();
  private final List<Step> wave = new ArrayList<>();
  private List<Step> waveBefore = List.of();

  Migrations(Snapshot snapshot, MigrationLimits limits, PlanDraft draft) {
    this.snapshot = snapshot;
    this.limits = limits;
    this.draft = draft;
  }

  /** The running domain of an assigned VM, as it can be migrated; else a problem, and nothing. */
  static Optional<ObservedDomain> movable(Snapshot snapshot, VmName vm, PlanDraft draft) {
    Assignment assignment = snapshot.assignments().get(vm);
    if (assignment == null || !snapshot.specs().containsKey(vm)) {
      draft.problem(
          vm, "is not a VM that Ballast placed: apply or adopt a specification of it first");
      return Optional.empty();
    }
    Optional<ObservedDomain> domain = snapshot.domain(assignment.host(), vm);
    if (domain.isEmpty()) {
      draft.problem(vm, "has no domain on " + assignment.host() + ", where it is assigned");
      return Optional.empty();
    }
    DomainState state = domain.get().state();
    if (state != DomainState.RUNNING) {
      draft.problem(
          vm,
          "is "
              + state
              + " on "
              + assignment.host()
              + ": only a running VM migrates; start it first, or undefine it and let it be placed"
              + " anew");
      return Optional.empty();
    }
    return domain;
  }

  /** Emulators of other VMs that leave CPUs which become dedicated; before all migrations. */
  void yieldEmulators(SortedMap<VmName, CpuPins> yielding) {
    yielding.forEach(
        (vm, pins) -> {
          Assignment former = snapshot.assignments().get(vm);
          if (former == null) {
            return;
          }
          snapshot
              .domain(former.host(), vm)
              .ifPresent(
                  domain ->
                      yielded.add(
                          draft.step(
                              former.host(),
                              new PinCpus(vm, pins),
                              DomainRecord.of(domain),
                              List.of())));
          draft.change(new DesiredChange.PutAssignment(former.withPins(pins)));
        });
  }

  /** All migrations that follow wait for these steps. */
  void await(List<Step> steps) {
    steps.stream().filter(step -> !yielded.contains(step)).forEach(yielded::add);
  }

  /** The migrations that follow start when those since the last call are done. */
  void nextWave() {
    if (!wave.isEmpty()) {
      waveBefore = List.copyOf(wave);
      wave.clear();
    }
  }

  /** Moves the VM from where it runs to its new assignment. */
  void move(ObservedDomain domain, HostName from, Assignment to) {
    back(domain, from, to.host(), to.pins());
    draft.change(new DesiredChange.PutAssignment(to));
  }

  /** Moves the VM, and leaves what is remembered to the caller. */
  void back(ObservedDomain domain, HostName from, HostName to, CpuPins pins) {
    HostView target = snapshot.hosts().get(to);
    Optional<String> uri = target == null ? Optional.empty() : target.inventory().migrationUri();
    if (target == null || uri.isEmpty()) {
      draft.problem(to, target == null ? "no such host is known" : MigrationFit.noEndpoint(target));
      return;
    }
    List<Step> after = new ArrayList<>(yielded);
    after.addAll(waveBefore);
    for (HostName host : List.of(from, to)) {
      Step last = lastOn.get(host);
      if (last != null && !after.contains(last)) {
        after.add(last);
      }
    }
    Step step =
        draft.step(
            from,
            new MigrateDomain(
                domain.name(), to, uri.get(), pins, limits, memory(domain.name(), target, pins)),
            DomainRecord.of(domain),
            after);
    wave.add(step);
    lastOn.put(from, step);
    lastOn.put(to, step);
    GuestTimePlanner.after(step, to, domain.name(), snapshot, draft);
  }

  private Optional<MemoryNodes> memory(VmName vm, HostView target, CpuPins pins) {
    VmSpec spec = snapshot.specs().get(vm);
    Assignment former = snapshot.assignments().get(vm);
    return spec == null || former == null
        ? Optional.empty()
        : MemoryNodes.of(spec, former.withPins(pins), target.inventory().topology());
  }
}

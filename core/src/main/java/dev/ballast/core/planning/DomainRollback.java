package dev.ballast.core.planning;

import dev.ballast.core.action.Action;
import dev.ballast.core.action.Expectation.NoDomain;
import dev.ballast.core.action.Final.DeleteSnapshot;
import dev.ballast.core.action.Final.DestroyDomain;
import dev.ballast.core.action.Final.RevertSnapshot;
import dev.ballast.core.action.Final.ShutdownDomain;
import dev.ballast.core.action.Final.StartDomain;
import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.action.Reversible.DefineDomain;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.action.Reversible.SetLimits;
import dev.ballast.core.action.Reversible.SetMemoryNodes;
import dev.ballast.core.action.Reversible.TakeSnapshot;
import dev.ballast.core.action.Reversible.UndefineDomain;
import dev.ballast.core.drift.DesiredDomain;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.BeforeState;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import dev.ballast.core.planning.PlanDraft.Step;
import dev.ballast.core.render.RenderedDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The way back of one domain on one host. */
final class DomainRollback {
  private final Snapshot snapshot;
  private final HostView host;
  private final Plan plan;
  private final List<PlanStep> applied;
  private final String since;
  private final PlanDraft draft;
  private final VmName vm;
  private final Optional<ObservedDomain> found;
  private final Chain chain;
  private final Removals removals;

  /**
   * The steps that remove what the operation created on the host.
   *
   * @param bridges those that put its bridges back
   * @param concernDedicated whether their CPUs may have been another VM's own
   */
  record Removals(List<Step> steps, List<Step> bridges, boolean concernDedicated) {
    List<Step> beforeAnything() {
      List<Step> before = new ArrayList<>(bridges);
      before.addAll(concernDedicated ? steps : List.of());
      return before;
    }
  }

  DomainRollback(
      Snapshot snapshot,
      HostView host,
      Plan plan,
      List<PlanStep> applied,
      String since,
      Removals removals,
      PlanDraft draft) {
    this.snapshot = snapshot;
    this.host = host;
    this.plan = plan;
    this.applied = applied;
    this.since = since;
    this.draft = draft;
    this.vm = vmOf(applied.getFirst().planned().action().object());
    this.found = snapshot.domain(host.name(), vm);
    this.chain = new Chain(draft, host.name(), found, removals.beforeAnything());
    this.removals = removals;
  }

  private static VmName vmOf(ObjectKey object) {
    return new VmName(object.value().substring(object.value().indexOf('/') + 1));
  }

  /** Whether the applied steps on a domain made it. */
  static boolean creates(List<PlanStep> applied) {
    return applied.stream()
        .anyMatch(
            step ->
                step.planned().action() instanceof DefineDomain
                    && step.planned().expectation() instanceof NoDomain);
  }

  /** Adds the steps, and returns them. */
  List<Step> add() {
    boolean created = creates(applied);
    boolean removed = last(UndefineDomain.class).isPresent();
    if (created && !removed) {
      uncreate();
    } else if (removed && !created) {
      restore();
    } else if (!created) {
      change();
    }
    return chain.steps();
  }

  /** The last applied action of that kind. */
  private <A extends Action> Optional<A> last(Class<A> kind) {
    return applied.stream()
        .map(step -> step.planned().action())
        .filter(kind::isInstance)
        .map(kind::cast)
        .reduce((first, second) -> second);
  }

  private void uncreate() {
    if (found.isEmpty()) {
      return;
    }
    ObservedDomain domain = found.get();
    if (!definitionHolds(domain)) {
      return;
    }
    if (domain.state() != DomainState.SHUT_OFF) {
      powerOff(domain);
    }
    chain.then(new UndefineDomain(vm), DomainState.SHUT_OFF);
    draft.decide(
        "operator", vm, "the operation created it: it goes again", "its domain", "as before");
  }

  private boolean definitionHolds(ObservedDomain domain) {
    String defined = last(DefineDomain.class).map(DefineDomain::specDigest).orElse("");
    String now = domain.specDigest().orElse("of another owner");
    if (!now.equals(defined)) {
      refuse("definition", defined, now);
      return false;
    }
    return true;
  }

  private void powerOff(ObservedDomain domain) {
    if (domain.state() != DomainState.RUNNING) {
      draft.problem(
          vm, "is " + domain.state() + " on " + host.name() + ": bring it to running or shut off");
      return;
    }
    chain.then(new ShutdownDomain(vm, VmSteps.SHUTDOWN_TIMEOUT_MILLIS), DomainState.RUNNING);
  }

  /** A removed domain is rendered again from what was remembered of it. */
  private void restore() {
    if (found.isPresent()) {
      refuse("domain", "removed", "defined");
      return;
    }
    if (!define()) {
      return;
    }
    if (stopped() && room()) {
      chain.then(new StartDomain(vm), DomainState.SHUT_OFF, removals.steps());
    }
    draft.decide("operator", vm, "is defined again as specified before", "none", "as before");
  }

  private boolean stopped() {
    return last(ShutdownDomain.class).isPresent() || last(DestroyDomain.class).isPresent();
  }

  /** Adds the definition before the operation; false if it is not known. */
  private boolean define() {
    Optional<VmSpec> spec =
        plan.inverse().stream()
            .flatMap(c -> c instanceof DesiredChange.PutSpec(var s) ? Stream.of(s) : Stream.of())
            .filter(s -> s.name().equals(vm))
            .findFirst();
    Optional<Assignment> assignment =
        formerAssignment().or(() -> Optional.ofNullable(snapshot.assignments().get(vm)));
    if (spec.isEmpty() || assignment.isEmpty()) {
      draft.problem(
          vm, "its definition before the operation is not known, so it cannot be rolled back");
      return false;
    }
    VmLimits limits = Restored.by(snapshot, plan.inverse()).limits(spec.get());
    RenderedDomain former =
        DesiredDomain.of(
            snapshot.cluster(),
            Restored.by(snapshot, plan.inverse()).networks(),
            spec.get().withLimits(limits),
            assignment.get(),
            host);
    chain.then(
        new DefineDomain(vm, former.xml(), former.specDigest()),
        found.map(ObservedDomain::state).orElse(DomainState.SHUT_OFF));
    return true;
  }

  private Optional<Assignment> formerAssignment() {
    return plan.inverse().stream()
        .flatMap(c -> c instanceof DesiredChange.PutAssignment(var a) ? Stream.of(a) : Stream.of())
        .filter(a -> a.vm().equals(vm))
        .findFirst();
  }

  private boolean room() {
    return Room.has(Restored.by(snapshot, plan.inverse()), vm, host.name(), draft);
  }

  private void change() {
    if (found.isEmpty()) {
      refuse("domain", "defined", "missing");
      return;
    }
    ObservedDomain domain = found.get();
    if (last(DefineDomain.class).isPresent() && (!definitionHolds(domain) || !define())) {
      return;
    }
    last(TakeSnapshot.class).ifPresent(take -> untake(domain, take));
    if (last(RevertSnapshot.class).isPresent() || last(DeleteSnapshot.class).isPresent()) {
      draft.problem(vm, "what the operation did with its snapshots is final");
      return;
    }
    last(PinCpus.class).ifPresent(pin -> pins(domain, pin.pins()));
    last(SetMemoryNodes.class).ifPresent(set -> memory(domain, set));
    last(SetLimits.class).ifPresent(set -> limits(domain, set.limits()));
    boolean started = last(StartDomain.class).isPresent();
    if (started && domain.state() != DomainState.SHUT_OFF) {
      powerOff(domain);
    } else if (stopped() && domain.state() == DomainState.SHUT_OFF && room()) {
      chain.then(new StartDomain(vm), DomainState.SHUT_OFF, removals.steps());
    }
  }

  private void untake(ObservedDomain domain, TakeSnapshot take) {
    if (domain.snapshot(take.name()).isPresent()) {
      chain.then(new DeleteSnapshot(vm, take.name()), domain.state());
      draft.decide(
          "operator",
          vm,
          "its snapshot " + take.name() + " goes again; the guest stays as it is",
          "the way back to that moment",
          "as before");
    }
  }

  private void pins(ObservedDomain domain, CpuPins set) {
    Optional<BeforeState> before = before();
    if (!(before.orElse(null) instanceof BeforeState.DomainPresent present)
        || present.livePins().or(present::configPins).isEmpty()) {
      draft.problem(vm, "its pins before the operation are not recorded");
      return;
    }
    CpuPins former = present.livePins().or(present::configPins).orElseThrow();
    Optional<CpuPins> now = domain.livePins().or(domain::configPins);
    if (now.equals(Optional.of(former))) {
      return;
    }
    if (!now.equals(Optional.of(set))) {
      refuse("pins", set.toString(), now.map(CpuPins::toString).orElse("none"));
      return;
    }
    chain.then(new PinCpus(vm, former), domain.state());
    boolean split =
        present.livePins().isPresent() && !present.livePins().equals(present.configPins());
    draft.decide(
        "operator",
        vm,
        split
            ? "its pins go back to the live ones before; the persistent ones differed and follow"
            : "its pins go back",
        "1 online re-pin",
        "as before");
  }

  private void memory(ObservedDomain domain, SetMemoryNodes set) {
    Optional<MemoryNodes> now = domain.configMemory();
    if (set.from().isEmpty() || now.equals(set.from())) {
      return;
    }
    if (!now.equals(Optional.of(set.to()))) {
      refuse("memory", set.to().toString(), now.map(MemoryNodes::toString).orElse("none"));
      return;
    }
    chain.then(new SetMemoryNodes(vm, now, set.from().get()), domain.state());
    draft.decide("operator", vm, "its memory goes back", "its pages are moved", "as before");
  }

  private void limits(ObservedDomain domain, VmLimits set) {
    if (!(before().orElse(null) instanceof BeforeState.DomainPresent present)
        || present.configLimits().isEmpty()) {
      draft.problem(vm, "its limits before the operation are not recorded");
      return;
    }
    VmLimits config = present.configLimits().get();
    VmLimits former =
        present
            .liveLimits()
            .map(live -> live.withMemory(live.memorySoftBytes(), config.balloonBytes()))
            .orElse(config);
    if (LimitSteps.hold(domain, former)) {
      return;
    }
    if (!LimitSteps.hold(domain, set)) {
      refuse(
          "limits",
          set.toString(),
          domain.liveLimits().or(domain::configLimits).map(VmLimits::toString).orElse("none"));
      return;
    }
    chain.then(new SetLimits(vm, former), domain.state());
    draft.decide("operator", vm, "its limits go back", "1 live change", "as before");
  }

  /** What the first step of the plan on this domain expected. */
  private Optional<BeforeState> before() {
    return plan.steps().stream()
        .filter(step -> step.host().equals(host.name()))
        .filter(step -> step.planned().action().object().equals(ObjectKey.domain(vm)))
        .findFirst()
        .flatMap(step -> BeforeState.of(step.planned().expectation()));
  }

  private void refuse(String field, String set, String now) {
    draft.problem(
        vm,
        field
            + " on "
            + host.name()
            + " is "
            + now
            + ", the operation had set "
            + set
            + ": "
            + since
            + "; nothing is rolled back");
  }
}

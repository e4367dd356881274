package dev.ballast.core.check;

import dev.ballast.core.action.Action;
import dev.ballast.core.action.Expectation;
import dev.ballast.core.action.Expectation.AfterEarlierSteps;
import dev.ballast.core.action.Expectation.DomainRecord;
import dev.ballast.core.action.Expectation.HostSettingRecord;
import dev.ballast.core.action.Expectation.KsmRecord;
import dev.ballast.core.action.Expectation.NoDomain;
import dev.ballast.core.action.Expectation.SwitchRecord;
import dev.ballast.core.action.Final.DeleteSnapshot;
import dev.ballast.core.action.Final.DestroyDomain;
import dev.ballast.core.action.Final.GrowVolume;
import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.Final.PurgeTrash;
import dev.ballast.core.action.Final.RevertSnapshot;
import dev.ballast.core.action.Final.SetGuestTime;
import dev.ballast.core.action.Final.ShutdownDomain;
import dev.ballast.core.action.Final.StartDomain;
import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.action.Reversible.DefineDomain;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.action.Reversible.SetKsm;
import dev.ballast.core.action.Reversible.SetLimits;
import dev.ballast.core.action.Reversible.SetMemoryNodes;
import dev.ballast.core.action.Reversible.SetSwitch;
import dev.ballast.core.action.Reversible.TakeSnapshot;
import dev.ballast.core.action.Reversible.UndefineDomain;
import dev.ballast.core.check.Violation.Rule;
import dev.ballast.core.model.AssignedDevice;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.Capability;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.PlanStep;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Each step for itself and against the earlier ones on its object: may it, is it legal, does it
 * expect right.
 */
final class StepCheck {
  private final Snapshot snapshot;
  private final PlanChecker.Wanted wanted;
  private final Order order;
  private final List<Violation> violations;
  private final SnapshotCheck snapshots;
  private final Map<Place, PlanStep> lastOn = new HashMap<>();
  private final Map<Place, DomainModel> models = new HashMap<>();
  private final Map<Place, String> definedByPlan = new HashMap<>();

  private record Place(HostName host, ObjectKey object) {}

  StepCheck(Snapshot snapshot, PlanChecker.Wanted wanted, Order order, List<Violation> violations) {
    this.snapshot = snapshot;
    this.wanted = wanted;
    this.order = order;
    this.violations = violations;
    this.snapshots = new SnapshotCheck(snapshot, violations);
  }

  void run() {
    for (HostView host : snapshot.hosts().values()) {
      for (ObservedDomain domain : host.domains().values()) {
        models.put(new Place(host.name(), ObjectKey.domain(domain.name())), DomainModel.of(domain));
      }
    }
    order.steps().forEach(this::check);
  }

  private void check(PlanStep step) {
    if (step.after().stream().anyMatch(earlier -> earlier < 1)) {
      report(Rule.DEPENDENCY, step, "waits for a step that does not exist");
    }
    HostView host = snapshot.hosts().get(step.host());
    if (host == null) {
      report(Rule.HOST, step, "no host is named " + step.host());
      return;
    }
    mayTouch(step, host);
    Place place = new Place(step.host(), step.planned().action().object());
    PlanStep former = lastOn.put(place, step);
    if (former != null && !order.isAfter(step.number(), former.number())) {
      report(
          Rule.DEPENDENCY,
          step,
          "changes " + place.object() + " as step " + former.number() + " does, without an order");
    }
    expects(step, place, host, former != null);
    act(step, place);
  }

  private void mayTouch(PlanStep step, HostView host) {
    if (!host.connected()) {
      report(Rule.HOST, step, host.name() + " is not connected");
    }
    if (snapshot.frozen() || host.frozen() || host.observeOnly()) {
      report(Rule.FROZEN, step, host.name() + " is frozen or only observed");
    }
    Action action = step.planned().action();
    if (snapshot.frozenVms().stream()
        .anyMatch(vm -> ObjectKey.domain(vm).equals(action.object()))) {
      report(Rule.FROZEN, step, action.object() + " is frozen");
    }
    needed(action)
        .filter(needed -> !host.inventory().has(needed))
        .ifPresent(needed -> report(Rule.HOST, step, host.name() + " lacks " + needed));
  }

  private static Optional<Capability> needed(Action action) {
    if (action instanceof SetKsm) {
      return Optional.of(Capability.KSM);
    }
    if (action.object().setting().isPresent()) {
      return Optional.empty();
    }
    return Optional.of(action instanceof SetSwitch ? Capability.OPEN_VSWITCH : Capability.LIBVIRT);
  }

  private void expects(PlanStep step, Place place, HostView host, boolean touchedBefore) {
    Expectation expectation = step.planned().expectation();
    if (touchedBefore != (expectation instanceof AfterEarlierSteps)) {
      report(
          Rule.EXPECTATION,
          step,
          touchedBefore
              ? "expects a record though earlier steps change " + place.object()
              : "expects earlier steps on " + place.object() + ", of which there are none");
      return;
    }
    Optional<ObservedDomain> observed =
        host.domains().values().stream()
            .filter(domain -> ObjectKey.domain(domain.name()).equals(place.object()))
            .findFirst();
    boolean holds =
        switch (expectation) {
          case NoDomain() -> isDomain(step) && observed.isEmpty();
          case DomainRecord record ->
              isDomain(step)
                  && observed.map(domain -> DomainRecord.of(domain).equals(record)).orElse(false);
          case KsmRecord(KsmSettings settings) ->
              step.planned().action() instanceof SetKsm && host.ksm().equals(Optional.of(settings));
          case HostSettingRecord(HostSetting setting) ->
              isSetting(step)
                  && place.object().equals(ObjectKey.setting(setting.key()))
                  && setting.equals(host.found(setting));
          // SwitchCheck compares the bridges.
          case SwitchRecord ignored -> step.planned().action() instanceof SetSwitch;
          case AfterEarlierSteps(DomainState state, String digest) ->
              Optional.ofNullable(models.get(place)).map(m -> m.state() == state).orElse(false)
                  && digest.equals(definedByPlan.getOrDefault(place, ""));
        };
    if (!holds) {
      report(Rule.EXPECTATION, step, "does not expect " + place.object() + " as it is by then");
    }
  }

  private static boolean isSetting(PlanStep step) {
    return step.planned().action().object().setting().isPresent();
  }

  private static boolean isDomain(PlanStep step) {
    Action action = step.planned().action();
    return action.object().vm().isPresent();
  }

  private void act(PlanStep step, Place place) {
    Optional<DomainModel> model = Optional.ofNullable(models.get(place));
    switch (step.planned().action()) {
      case SetKsm ignored -> {}
      case SetHostSetting ignored -> {}
      case SetLimits(var vm, var ignored) -> {
        if (model.isEmpty()) {
          report(Rule.STATE, step, "limits " + vm + ", which is not defined there by then");
        }
      }
      case SetSwitch ignored -> {}
      case SetMemoryNodes(var vm, var ignoredFrom, var ignoredTo) -> {
        if (model.isEmpty()) {
          report(Rule.STATE, step, "moves the memory of " + vm + ", which is not defined by then");
        }
      }
      case SetGuestTime(var vm) -> require(step, vm, model, DomainState.RUNNING);
      case PinCpus(var vm, var pins) -> {
        if (model.isEmpty()) {
          report(Rule.STATE, step, "pins " + vm + ", which is not defined there by then");
        } else {
          models.put(place, model.get().pinned(pins));
        }
      }
      case DefineDomain define -> define(step, place, model, define);
      case UndefineDomain(var vm) -> {
        require(step, vm, model, DomainState.SHUT_OFF);
        requireOurs(step, vm, model);
        models.remove(place);
      }
      case StartDomain(var vm) -> {
        require(step, vm, model, DomainState.SHUT_OFF);
        notElsewhere(step, place, vm);
        model.ifPresent(m -> models.put(place, m.in(DomainState.RUNNING)));
      }
      case ShutdownDomain(var vm, long ignored) -> {
        require(step, vm, model, DomainState.RUNNING);
        model.ifPresent(m -> models.put(place, m.in(DomainState.SHUT_OFF)));
      }
      case MigrateDomain migrate -> migrate(step, place, model, migrate);
      // HostSettingCheck looks at files.
      case GrowVolume ignored -> {}
      case PurgeTrash ignored -> {}
      case TakeSnapshot take -> snapshots.take(step, model, take);
      case DeleteSnapshot delete -> snapshots.delete(step, delete);
      case RevertSnapshot revert -> {
        snapshots.revert(step, model, revert);
        DomainState after = revert.runs() ? DomainState.RUNNING : DomainState.SHUT_OFF;
        if (revert.runs()) {
          notElsewhere(step, place, revert.vm());
        }
        model.ifPresent(m -> models.put(place, m.in(after)));
      }
      case DestroyDomain(var vm) -> {
        if (model.filter(m -> m.state().isActive()).isEmpty()) {
          report(Rule.STATE, step, "destroys " + vm + ", which does not run by then");
        }
        model.ifPresent(m -> models.put(place, m.in(DomainState.SHUT_OFF)));
      }
    }
  }

  private void migrate(
      PlanStep step, Place place, Optional<DomainModel> model, MigrateDomain migrate) {
    VmName vm = migrate.vm();
    require(step, vm, model, DomainState.RUNNING);
    Place there = new Place(migrate.target(), place.object());
    HostView target = snapshot.hosts().get(migrate.target());
    if (target == null || migrate.target().equals(step.host())) {
      report(Rule.HOST, step, migrate.target() + " is no other host that is known");
      return;
    }
    mayTouch(step, target);
    if (!target.inventory().migrationUri().equals(Optional.of(migrate.targetUri()))) {
      report(Rule.HOST, step, migrate.target() + " is not reached at " + migrate.targetUri());
    }
    if (!target
        .inventory()
        .topology()
        .onlineCpus()
        .containsAll(migrate.targetPins().allVcpuCpus().union(migrate.targetPins().emulator()))) {
      report(Rule.PINS, step, "pins " + vm + " to CPUs that " + migrate.target() + " lacks");
    }
    if (models.containsKey(there)) {
      report(Rule.STATE, step, migrate.target() + " has a domain " + vm + " by then");
    }
    Assignment assignment = wanted.assignments().get(vm);
    if (assignment == null || wanted.specs().get(vm) == null) {
      report(Rule.DOMAIN, step, vm + " is not specified, or not assigned");
    } else if (assignment.host().equals(migrate.target())
        && !assignment.pins().equals(migrate.targetPins())) {
      report(Rule.PINS, step, "the pins on the target are not those assigned to " + vm);
    }
    lastOn.put(there, step);
    model.ifPresent(m -> models.put(there, m.pinned(migrate.targetPins())));
    models.remove(place);
  }

  private void define(
      PlanStep step, Place place, Optional<DomainModel> former, DefineDomain define) {
    requireOurs(step, define.vm(), former);
    DomainState state = former.map(DomainModel::state).orElse(DomainState.SHUT_OFF);
    try {
      DomainFacts facts = DomainFacts.of(define.xml());
      compare(step, define.vm(), facts);
      models.put(
          place,
          new DomainModel(
              state,
              former
                  .filter(m -> m.state().isActive())
                  .map(DomainModel::vcpus)
                  .orElse(facts.vcpus()),
              facts.memoryBytes(),
              facts.uuid(),
              Optional.of(define.specDigest()),
              facts.pins()));
    } catch (IllegalArgumentException e) {
      report(Rule.DOMAIN, step, "the XML of " + define.vm() + " " + e.getMessage());
    }
    definedByPlan.put(place, define.specDigest());
  }

  private void compare(PlanStep step, VmName vm, DomainFacts facts) {
    VmSpec spec = wanted.specs().get(vm);
    var assignment = wanted.assignments().get(vm);
    if (spec == null || assignment == null || !assignment.host().equals(step.host())) {
      report(Rule.DOMAIN, step, vm + " is not specified, or not assigned to " + step.host());
      return;
    }
    if (!facts.name().equals(vm.value())
        || facts.vcpus() != spec.vcpus()
        || facts.memoryBytes() != spec.memoryBytes()) {
      report(Rule.DOMAIN, step, "name, vCPUs or memory in the XML are not those of " + vm);
    }
    if (spec.adopted().isPresent() && !spec.adopted().get().uuid().equals(facts.uuid())) {
      report(Rule.DOMAIN, step, "the UUID in the XML is not that of the adopted " + vm);
    }
    DomainFacts.Hardware hardware =
        new DomainFacts.Hardware(
            assignment.cells() == 1 ? 0 : assignment.cells(),
            spec.resources().hugepageBytes().orElse(0L),
            assignment.devices().stream().map(AssignedDevice::address).sorted().toList());
    if (spec.adopted().isEmpty() && !facts.hardware().equals(hardware)) {
      report(
          Rule.DOMAIN, step, "hugepages, NUMA nodes or devices in the XML are not those of " + vm);
    }
    if (!facts.pins().equals(Optional.of(assignment.pins()))) {
      report(Rule.DOMAIN, step, "the pins in the XML are not those assigned to " + vm);
    }
  }

  private void require(PlanStep step, VmName vm, Optional<DomainModel> model, DomainState needed) {
    if (model.filter(m -> m.state() == needed).isEmpty()) {
      report(Rule.STATE, step, vm + " is not " + needed + " by then");
    }
  }

  private void requireOurs(PlanStep step, VmName vm, Optional<DomainModel> model) {
    VmSpec spec = wanted.specs().get(vm);
    boolean adopted =
        spec != null
            && spec.adopted().isPresent()
            && model.filter(m -> m.uuid().equals(spec.adopted().get().uuid())).isPresent();
    if (!adopted && model.filter(m -> m.digest().isEmpty()).isPresent()) {
      report(Rule.STATE, step, vm + " was defined by another owner");
    }
  }

  private void notElsewhere(PlanStep step, Place place, VmName vm) {
    for (HostName host : snapshot.hosts().keySet()) {
      DomainModel there = models.get(new Place(host, place.object()));
      if (there != null && !host.equals(place.host()) && there.state().isActive()) {
        report(Rule.STATE, step, vm + " runs on " + host + " by then");
      }
    }
  }

  private void report(Rule rule, PlanStep step, String message) {
    violations.add(new Violation(rule, step.number(), message));
  }
}

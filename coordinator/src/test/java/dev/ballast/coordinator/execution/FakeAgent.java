package dev.ballast.coordinator.execution;

import dev.ballast.core.action.Action;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.Expectation;
import dev.ballast.core.action.Expectation.AfterEarlierSteps;
import dev.ballast.core.action.Expectation.DomainRecord;
import dev.ballast.core.action.Expectation.HostSettingRecord;
import dev.ballast.core.action.Expectation.KsmRecord;
import dev.ballast.core.action.Expectation.NoDomain;
import dev.ballast.core.action.Expectation.SwitchRecord;
import dev.ballast.core.action.FieldDifference;
import dev.ballast.core.action.Final;
import dev.ballast.core.action.Final.DestroyDomain;
import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.Final.SetGuestTime;
import dev.ballast.core.action.Final.ShutdownDomain;
import dev.ballast.core.action.Final.StartDomain;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.DefineDomain;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.action.Reversible.SetKsm;
import dev.ballast.core.action.Reversible.SetLimits;
import dev.ballast.core.action.Reversible.SetMemoryNodes;
import dev.ballast.core.action.Reversible.SetSwitch;
import dev.ballast.core.action.Reversible.TakeSnapshot;
import dev.ballast.core.action.Reversible.UndefineDomain;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** A host with its agent in memory: honours expectations, all or nothing, never twice. */
final class FakeAgent {
  static final KsmSettings KSM_BEFORE = new KsmSettings(1, 100, 20);

  record Domain(DomainState state, CpuPins pins, String specDigest) {}

  final Map<VmName, Domain> domains = new HashMap<>();
  final TreeMap<Long, List<Outcome>> journal = new TreeMap<>();
  final List<Command> executed = new ArrayList<>();
  final Set<String> failing = new HashSet<>();

  /** Actions that are done, but of which the agent cannot tell. */
  final Set<String> doubtful = new HashSet<>();

  /** The other agents, to which domains migrate. */
  Map<HostName, FakeAgent> neighbours = Map.of();

  KsmSettings ksm = KSM_BEFORE;

  void addRunning(String vm, CpuPins pins) {
    domains.put(new VmName(vm), new Domain(DomainState.RUNNING, pins, "digest"));
  }

  Optional<CpuPins> pins(String vm) {
    return Optional.ofNullable(domains.get(new VmName(vm))).map(Domain::pins);
  }

  /** The domains as an observation tells them. */
  SortedMap<VmName, ObservedDomain> observed() {
    SortedMap<VmName, ObservedDomain> result = new TreeMap<>();
    domains.forEach(
        (vm, domain) ->
            result.put(
                vm,
                new ObservedDomain(
                    vm,
                    "uuid",
                    domain.state(),
                    1,
                    1L << 27,
                    "config",
                    Optional.of(domain.pins()),
                    Optional.of(domain.pins()),
                    Optional.of(domain.specDigest()))));
    return result;
  }

  long lastCommandId() {
    return journal.isEmpty() ? 0 : journal.lastKey();
  }

  /** The recorded outcomes of a known command; else does it. */
  List<Outcome> take(Command command) {
    List<Outcome> known = journal.get(command.id());
    if (known != null) {
      return known;
    }
    List<Outcome> outcomes = command.dryRun() ? verify(command) : execute(command);
    journal.put(command.id(), outcomes);
    executed.add(command);
    return outcomes;
  }

  private List<Outcome> verify(Command command) {
    Map<VmName, Domain> domainsBefore = Map.copyOf(domains);
    KsmSettings ksmBefore = ksm;
    List<Outcome> outcomes = new ArrayList<>();
    for (PlannedAction planned : command.actions()) {
      Optional<Outcome> refused = refusal(planned.expectation(), planned.action());
      outcomes.add(refused.orElse(new Outcome.WouldApply(planned.action().describe())));
      if (refused.isEmpty()) {
        apply(planned.action());
      }
    }
    domains.clear();
    domains.putAll(domainsBefore);
    ksm = ksmBefore;
    return outcomes;
  }

  private List<Outcome> execute(Command command) {
    Map<VmName, Domain> domainsBefore = Map.copyOf(domains);
    KsmSettings ksmBefore = ksm;
    List<Outcome> outcomes = new ArrayList<>();
    Optional<Outcome> stopped = Optional.empty();
    for (PlannedAction planned : command.actions()) {
      if (stopped.isPresent()) {
        outcomes.add(new Outcome.Skipped());
        continue;
      }
      if (isAtTarget(planned.action())) {
        outcomes.add(new Outcome.Unchanged());
        continue;
      }
      stopped = refusal(planned.expectation(), planned.action());
      if (doubtful.contains(planned.action().describe())) {
        apply(planned.action());
        outcomes.add(new Outcome.Unknown("it left this host; look at the target"));
        stopped = Optional.of(new Outcome.Skipped());
        continue;
      }
      if (failing.contains(planned.action().describe())) {
        stopped = Optional.of(new Outcome.Failed("as told"));
      }
      if (stopped.isPresent()) {
        outcomes.replaceAll(outcome -> new Outcome.Undone("a later action did not succeed"));
        outcomes.add(stopped.get());
        domains.clear();
        domains.putAll(domainsBefore);
        ksm = ksmBefore;
      } else {
        outcomes.add(apply(planned.action()));
      }
    }
    return outcomes;
  }

  private boolean isAtTarget(Action action) {
    return switch (action) {
      case PinCpus pin -> pins(pin.vm().value()).filter(pin.pins()::equals).isPresent();
      case SetKsm set -> ksm.equals(set.settings());
      case SetLimits ignored -> false;
      case SetMemoryNodes ignored -> false;
      case SetGuestTime ignored -> false;
      case Final.GrowVolume ignored -> false;
      case TakeSnapshot ignored -> false;
      case Final.RevertSnapshot ignored -> false;
      case Final.DeleteSnapshot ignored -> false;
      case Final.PurgeTrash ignored -> false;
      case SetHostSetting ignored -> false;
      case SetSwitch ignored -> false;
      case StartDomain start ->
          Optional.ofNullable(domains.get(start.vm()))
              .filter(domain -> domain.state() == DomainState.RUNNING)
              .isPresent();
      case DefineDomain ignored -> false;
      case UndefineDomain undefine -> !domains.containsKey(undefine.vm());
      case ShutdownDomain ignored -> false;
      case DestroyDomain ignored -> false;
      case MigrateDomain ignored -> false;
    };
  }

  private Outcome apply(Action action) {
    switch (action) {
      case PinCpus pin ->
          domains.computeIfPresent(
              pin.vm(), (vm, old) -> new Domain(old.state(), pin.pins(), old.specDigest()));
      case SetKsm set -> ksm = set.settings();
      case SetLimits ignored -> {}
      case SetMemoryNodes ignored -> {}
      case SetGuestTime ignored -> {}
      case Final.GrowVolume ignored -> {}
      case TakeSnapshot ignored -> {}
      case Final.RevertSnapshot ignored -> {}
      case Final.DeleteSnapshot ignored -> {}
      case Final.PurgeTrash ignored -> {}
      case SetHostSetting ignored -> {}
      case SetSwitch set -> {}
      case DefineDomain define ->
          domains.put(
              define.vm(),
              new Domain(
                  Optional.ofNullable(domains.get(define.vm()))
                      .map(Domain::state)
                      .orElse(DomainState.SHUT_OFF),
                  CpuPins.uniform(1, CpuSet.of(0)),
                  define.specDigest()));
      case UndefineDomain undefine -> domains.remove(undefine.vm());
      case StartDomain start -> state(start.vm(), DomainState.RUNNING);
      case ShutdownDomain shutdown -> state(shutdown.vm(), DomainState.SHUT_OFF);
      case DestroyDomain destroy -> state(destroy.vm(), DomainState.SHUT_OFF);
      case MigrateDomain migrate -> {
        Domain old = domains.remove(migrate.vm());
        FakeAgent target = neighbours.get(migrate.target());
        if (old != null && target != null) {
          target.domains.put(
              migrate.vm(), new Domain(old.state(), migrate.targetPins(), old.specDigest()));
        }
      }
    }
    return new Outcome.Applied("as it was", 1);
  }

  private void state(VmName vm, DomainState state) {
    domains.computeIfPresent(vm, (name, old) -> new Domain(state, old.pins(), old.specDigest()));
  }

  private Optional<Outcome> refusal(Expectation expectation, Action action) {
    Optional<FieldDifference> difference =
        switch (expectation) {
          case NoDomain() -> differs("domain", "none", text(action, Domain::toString, "none"));
          case DomainRecord record ->
              differs(
                  "livePins",
                  record.livePins().or(record::configPins).map(CpuPins::toString).orElse("none"),
                  text(action, domain -> domain.pins().toString(), "no domain"));
          case SwitchRecord ignored -> Optional.empty();
          case HostSettingRecord ignored -> Optional.empty();
          case KsmRecord(KsmSettings settings) ->
              differs("ksm", settings.toString(), ksm.toString());
          case AfterEarlierSteps(DomainState state, String digest) ->
              differs(
                  "state",
                  state + " " + digest,
                  text(
                      action,
                      domain ->
                          domain.state() + " " + (digest.isEmpty() ? "" : domain.specDigest()),
                      "no domain"));
        };
    return difference.map(
        found -> new Outcome.Refused(RefusalReason.STALE, "the object changed", List.of(found)));
  }

  private String text(
      Action action, java.util.function.Function<Domain, String> form, String absent) {
    String name = action.object().value().replaceFirst("^domain/", "");
    Domain domain = domains.get(new VmName(name));
    return domain == null ? absent : form.apply(domain);
  }

  private static Optional<FieldDifference> differs(String field, String expected, String found) {
    return expected.equals(found)
        ? Optional.empty()
        : Optional.of(new FieldDifference(field, expected, found));
  }
}

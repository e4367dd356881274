package dev.ballast.core.sample;

import dev.ballast.core.action.Final;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Reversible;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainSnapshot;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Identity;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.ObservedSwitch;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.StoredFile;
import dev.ballast.core.model.SwitchBridge;
import dev.ballast.core.model.Trash;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.ExecutedOperation;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import dev.ballast.core.plan.StepResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a cluster looks like after a plan was carried out: a model of hosts for tests. */
public final class Enactment {
  private final SortedMap<HostName, HostView> hosts;
  private final SortedMap<VmName, VmSpec> specs;
  private final SortedMap<VmName, Assignment> assignments;
  private final SortedMap<HostName, KsmSettings> ksm;
  private final SortedMap<VmName, VmLimits> limits;
  private final SortedMap<NetworkName, NetworkSpec> networks;
  private final SortedMap<HostName, SortedMap<String, HostSetting>> settings;
  private final Snapshot before;

  private Enactment(Snapshot before) {
    this.before = before;
    hosts = new TreeMap<>(before.hosts());
    specs = new TreeMap<>(before.specs());
    assignments = new TreeMap<>(before.assignments());
    ksm = new TreeMap<>(before.desiredKsm());
    limits = new TreeMap<>(before.limitOverrides());
    networks = new TreeMap<>(before.networks());
    settings = new TreeMap<>();
    before.desiredSettings().forEach((host, wanted) -> settings.put(host, new TreeMap<>(wanted)));
  }

  /** All steps and changes of the plan carried out. */
  public static Snapshot of(Snapshot snapshot, Plan plan) {
    Enactment enactment = new Enactment(snapshot);
    plan.changes().forEach(enactment::remember);
    plan.steps().forEach(enactment::act);
    return enactment.after();
  }

  /** The first steps carried out, nothing remembered. */
  public static Snapshot partly(Snapshot snapshot, Plan plan, int steps) {
    Enactment enactment = new Enactment(snapshot);
    plan.changes().forEach(enactment::remember);
    plan.steps().stream().limit(steps).forEach(enactment::act);
    Snapshot after = enactment.after();
    return Sample.copy(
        snapshot,
        after.hosts(),
        snapshot.specs(),
        snapshot.assignments(),
        snapshot.desiredKsm(),
        snapshot.frozenVms());
  }

  /** The record of the operation, as if its first steps had been applied. */
  public static ExecutedOperation operation(String id, Plan plan, int applied) {
    return new ExecutedOperation(
        id,
        plan,
        plan.steps().stream()
            .limit(applied)
            .map(step -> new StepResult(step.number(), new Outcome.Applied("", 1)))
            .toList());
  }

  public static ExecutedOperation operation(String id, Plan plan) {
    return operation(id, plan, plan.steps().size());
  }

  private Snapshot after() {
    return Sample.copy(before, hosts, specs, assignments, ksm, before.frozenVms())
        .withLimitOverrides(limits)
        .withNetworks(networks)
        .withDesiredSettings(settings);
  }

  private void remember(DesiredChange change) {
    switch (change) {
      case DesiredChange.PutSpec(var spec) -> specs.put(spec.name(), spec);
      case DesiredChange.RemoveSpec(var vm) -> specs.remove(vm);
      case DesiredChange.PutAssignment(var assignment) ->
          assignments.put(assignment.vm(), assignment);
      case DesiredChange.RemoveAssignment(var vm) -> assignments.remove(vm);
      case DesiredChange.PutKsm(var host, var settings) -> ksm.put(host, settings);
      case DesiredChange.RemoveKsm(var host) -> ksm.remove(host);
      case DesiredChange.PutHostSetting(var host, var setting) ->
          settings.computeIfAbsent(host, h -> new TreeMap<>()).put(setting.key(), setting);
      case DesiredChange.RemoveHostSetting(var host, var key) ->
          settings.getOrDefault(host, new TreeMap<>()).remove(key);
      case DesiredChange.PutLimits(var vm, var wanted) -> limits.put(vm, wanted);
      case DesiredChange.RemoveLimits(var vm) -> limits.remove(vm);
      case DesiredChange.PutNetwork(var network) -> networks.put(network.name(), network);
      case DesiredChange.RemoveNetwork(var name) -> networks.remove(name);
    }
  }

  private void act(PlanStep step) {
    HostView host = hosts.get(step.host());
    HostView changed =
        switch (step.planned().action()) {
          case Reversible.SetKsm(var settings) -> Sample.with(host, settings);
          case Reversible.SetHostSetting(var setting) -> {
            SortedMap<String, HostSetting> seen = new TreeMap<>(host.settings());
            seen.put(setting.key(), setting);
            if (setting instanceof StoredFile file && !file.isPresent()) {
              seen.remove(setting.key());
            }
            yield host.withSettings(seen);
          }
          case Reversible.SetLimits(var vm, var wanted) ->
              Sample.with(host, limited(host.domains().get(vm), wanted));
          case Reversible.SetMemoryNodes(var vm, var ignored, var to) -> {
            ObservedDomain old = host.domains().get(vm);
            yield Sample.with(
                host,
                old.withConfigMemory(Optional.of(to))
                    .withLiveMemory(old.liveMemory().map(m -> to)));
          }
          case Final.SetGuestTime ignored -> host;
          case Final.GrowVolume(var volume) -> {
            SortedMap<String, HostSetting> seen = new TreeMap<>(host.settings());
            seen.put(volume.key(), volume);
            yield host.withSettings(seen);
          }
          case Final.PurgeTrash(var files) -> {
            SortedMap<String, HostSetting> seen = new TreeMap<>(host.settings());
            SortedMap<String, Trash.Discarded> left =
                new TreeMap<>(((Trash) seen.get(Trash.KEY)).files());
            left.keySet().removeAll(files);
            seen.put(Trash.KEY, new Trash(left));
            yield host.withSettings(seen);
          }
          case Reversible.TakeSnapshot(var vm, var name) -> {
            ObservedDomain old = host.domains().get(vm);
            List<DomainSnapshot> all = new ArrayList<>(old.snapshots());
            all.add(new DomainSnapshot(name, 1_700_000_000, old.state().isActive(), false));
            yield Sample.with(host, old.withSnapshots(all));
          }
          case Final.DeleteSnapshot(var vm, var name) -> {
            ObservedDomain old = host.domains().get(vm);
            List<DomainSnapshot> left =
                old.snapshots().stream().filter(found -> !found.name().equals(name)).toList();
            yield Sample.with(host, old.withSnapshots(left));
          }
          case Final.RevertSnapshot revert ->
              state(host, revert.vm(), revert.runs() ? DomainState.RUNNING : DomainState.SHUT_OFF);
          case Reversible.SetSwitch change -> switched(host, change);
          case Reversible.UndefineDomain(var vm) -> Sample.without(host, vm.value());
          case Reversible.PinCpus(var vm, var pins) ->
              Sample.with(host, pinned(host.domains().get(vm), pins));
          case Reversible.DefineDomain define -> Sample.with(host, defined(host, define));
          case Final.StartDomain(var vm) -> state(host, vm, DomainState.RUNNING);
          case Final.ShutdownDomain(var vm, long ignored) -> state(host, vm, DomainState.SHUT_OFF);
          case Final.DestroyDomain(var vm) -> state(host, vm, DomainState.SHUT_OFF);
          case Final.MigrateDomain migrate -> migrated(host, migrate);
        };
    hosts.put(step.host(), changed);
  }

  private HostView migrated(HostView host, Final.MigrateDomain migrate) {
    ObservedDomain domain = host.domains().get(migrate.vm());
    HostView target = hosts.get(migrate.target());
    hosts.put(
        migrate.target(),
        Sample.with(
            target,
            pinned(domain, migrate.targetPins())
                .withConfigMemory(migrate.targetMemory())
                .withLiveMemory(migrate.targetMemory())));
    return Sample.without(host, migrate.vm().value());
  }

  private static HostView switched(HostView host, Reversible.SetSwitch change) {
    ObservedSwitch seen = host.ovs().orElseThrow();
    SortedMap<String, SwitchBridge> bridges = new TreeMap<>(seen.bridges());
    bridges.keySet().removeAll(change.removed());
    SortedMap<String, String> links = new TreeMap<>(seen.links());
    change
        .bridges()
        .forEach(
            (name, target) -> {
              SwitchBridge former = bridges.get(name);
              bridges.put(
                  name,
                  new SwitchBridge(
                      name,
                      target.owner(),
                      target.ports(),
                      former == null ? new TreeMap<>() : former.guests(),
                      target.settings()));
              target.ports().values().forEach(port -> links.keySet().removeAll(port.cards()));
            });
    return host.withOvs(Optional.of(seen.with(bridges, links)));
  }

  private ObservedDomain defined(HostView host, Reversible.DefineDomain define) {
    VmSpec spec = specs.get(define.vm());
    CpuPins pins = assignments.get(define.vm()).pins();
    Optional<ObservedDomain> former = Optional.ofNullable(host.domains().get(define.vm()));
    boolean active = former.filter(d -> d.state().isActive()).isPresent();
    return new ObservedDomain(
        define.vm(),
        Identity.domainUuid(before.cluster(), define.vm()).toString(),
        former.map(ObservedDomain::state).orElse(DomainState.SHUT_OFF),
        active ? former.orElseThrow().vcpus() : spec.vcpus(),
        active ? former.orElseThrow().memoryBytes() : spec.memoryBytes(),
        "config-" + define.specDigest(),
        former.flatMap(ObservedDomain::livePins),
        Optional.of(pins),
        Optional.of(define.specDigest()),
        Optional.of(limits.getOrDefault(define.vm(), spec.limits())),
        former.flatMap(ObservedDomain::liveLimits),
        MemoryNodes.of(spec, assignments.get(define.vm()), host.inventory().topology()),
        former.flatMap(ObservedDomain::liveMemory));
  }

  private static ObservedDomain limited(ObservedDomain domain, VmLimits limits) {
    return domain.withLimits(
        Optional.of(limits), domain.liveLimits().map(ignored -> limits.withoutBalloon()));
  }

  /** The live limits alone, as virsh schedinfo --live would. */
  public static ObservedDomain limitedLive(ObservedDomain domain, VmLimits limits) {
    return domain.withLimits(domain.configLimits(), Optional.of(limits.withoutBalloon()));
  }

  public static ObservedDomain pinned(ObservedDomain domain, CpuPins pins) {
    return domain.withPins(domain.livePins().map(ignored -> pins), Optional.of(pins));
  }

  /** The live pins alone, as virsh vcpupin --live would. */
  public static ObservedDomain pinnedLive(ObservedDomain domain, CpuPins pins) {
    return domain.withPins(Optional.of(pins), domain.configPins());
  }

  /** The host once the domain is in that state. */
  public static HostView state(HostView host, VmName vm, DomainState state) {
    ObservedDomain domain = host.domains().get(vm);
    Optional<CpuPins> live = state.isActive() ? domain.configPins() : Optional.empty();
    return Sample.with(
        host,
        new ObservedDomain(
            domain.name(),
            domain.uuid(),
            state,
            domain.vcpus(),
            domain.memoryBytes(),
            domain.configDigest(),
            live,
            domain.configPins(),
            domain.specDigest(),
            domain.configLimits(),
            state.isActive()
                ? domain.configLimits().map(VmLimits::withoutBalloon)
                : Optional.empty(),
            domain.configMemory(),
            state.isActive() ? domain.configMemory() : Optional.empty()));
  }
}

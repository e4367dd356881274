package dev.ballast.coordinator.api;

import dev.ballast.coordinator.Fixtures;
import dev.ballast.coordinator.cluster.AgentInfo;
import dev.ballast.coordinator.cluster.Cluster;
import dev.ballast.coordinator.cluster.ClusterEvent.AgentConnected;
import dev.ballast.coordinator.cluster.ClusterEvent.ObservationReported;
import dev.ballast.coordinator.cluster.ClusterEvent.OutcomeReported;
import dev.ballast.coordinator.execution.CommandSender;
import dev.ballast.core.action.Action;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.Final;
import dev.ballast.core.action.Final.DestroyDomain;
import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.Final.SetGuestTime;
import dev.ballast.core.action.Final.ShutdownDomain;
import dev.ballast.core.action.Final.StartDomain;
import dev.ballast.core.action.Outcome;
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
import dev.ballast.core.model.DomainSnapshot;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostObservation;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.ObservedSwitch;
import dev.ballast.core.model.SwitchBridge;
import dev.ballast.core.model.Trash;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Agents that do everything they are told and report what they then see. */
public final class ObedientAgents implements CommandSender {
  private static final Pattern VCPU_PIN =
      Pattern.compile("<vcpupin vcpu=['\"](\\d+)['\"] cpuset=['\"]([^'\"]*)['\"]");
  private static final Pattern EMULATOR_PIN =
      Pattern.compile("<emulatorpin cpuset=['\"]([^'\"]*)['\"]");

  private final Cluster cluster;
  private final SortedMap<HostName, State> hosts = new TreeMap<>();

  /** Commands by their host that were carried out. */
  public final List<Command> executed = new ArrayList<>();

  private static final class State {
    final AtomicLong version = new AtomicLong();
    final SortedMap<VmName, ObservedDomain> domains = new TreeMap<>();
    KsmSettings ksm = Fixtures.KSM_ON;
    final SortedMap<String, HostSetting> settings = settings();
    ObservedSwitch ovs = new ObservedSwitch(new TreeMap<>(), new TreeMap<>(Map.of("eth1", "")));
  }

  private static SortedMap<String, HostSetting> settings() {
    SortedMap<String, HostSetting> result = new TreeMap<>();
    HostSetting pages = new HostSetting.Hugepages(2L << 20, 0, 0);
    HostSetting reserved = new HostSetting.ReservedCpus(CpuSet.EMPTY);
    result.put(pages.key(), pages);
    result.put(reserved.key(), reserved);
    return result;
  }

  public ObedientAgents(Cluster cluster) {
    this.cluster = cluster;
  }

  public void connect(HostName host, HostInventory inventory) {
    hosts.put(host, new State());
    AgentInfo agent = new AgentInfo("1", 1, "boot", 0, 0, 0, new TreeSet<>(), false);
    cluster.submit(new AgentConnected(host, agent, inventory, observation(host))).join();
  }

  /** Somebody changes pins behind Ballast's back. */
  public void pinByHand(HostName host, VmName vm, CpuPins pins) {
    apply(hosts.get(host), new PinCpus(vm, pins));
    cluster.submit(new ObservationReported(host, observation(host))).join();
  }

  public synchronized HostObservation observation(HostName host) {
    State state = hosts.get(host);
    return new HostObservation(
            state.version.incrementAndGet(),
            state.domains,
            Optional.of(state.ksm),
            new TreeMap<>(),
            new TreeMap<>(),
            false,
            new TreeSet<>())
        .withOvs(Optional.of(state.ovs))
        .withSettings(state.settings);
  }

  /** Somebody changes bridges behind Ballast's back. */
  public void switchByHand(HostName host, SetSwitch change) {
    apply(hosts.get(host), change);
    cluster.submit(new ObservationReported(host, observation(host))).join();
  }

  private static ObservedSwitch switched(ObservedSwitch seen, SetSwitch change) {
    SortedMap<String, SwitchBridge> bridges = new TreeMap<>(seen.bridges());
    bridges.keySet().removeAll(change.removed());
    bridges.putAll(change.bridges());
    return new ObservedSwitch(bridges, seen.links());
  }

  @Override
  public synchronized boolean send(HostName host, Command command) {
    List<Outcome> outcomes = new ArrayList<>();
    for (var planned : command.actions()) {
      if (command.dryRun()) {
        outcomes.add(new Outcome.WouldApply(planned.action().describe()));
      } else {
        apply(hosts.get(host), planned.action());
        outcomes.add(new Outcome.Applied("as it was", 1));
      }
    }
    executed.add(command);
    HostObservation seen = observation(host);
    var _ = cluster.submit(new ObservationReported(host, seen));
    var _ = cluster.submit(new OutcomeReported(host, command.id(), command.term(), outcomes));
    return true;
  }

  private static void apply(State host, Action action) {
    switch (action) {
      case SetKsm set -> host.ksm = set.settings();
      case SetHostSetting set -> host.settings.put(set.setting().key(), set.setting());
      case SetLimits set ->
          host.domains.computeIfPresent(set.vm(), (vm, d) -> limited(d, set.limits()));
      case SetMemoryNodes set ->
          host.domains.computeIfPresent(
              set.vm(),
              (vm, d) ->
                  d.withConfigMemory(Optional.of(set.to()))
                      .withLiveMemory(d.liveMemory().map(m -> set.to())));
      case SetGuestTime ignored -> {}
      case Final.GrowVolume grow -> host.settings.put(grow.volume().key(), grow.volume());
      case TakeSnapshot take ->
          host.domains.computeIfPresent(
              take.vm(),
              (vm, d) ->
                  d.withSnapshots(
                      List.of(
                          new DomainSnapshot(
                              take.name(), 1_700_000_000, d.state().isActive(), false))));
      case Final.RevertSnapshot ignored -> {}
      case Final.DeleteSnapshot delete ->
          host.domains.computeIfPresent(delete.vm(), (vm, d) -> d.withSnapshots(List.of()));
      case Final.PurgeTrash purge -> host.settings.put(Trash.KEY, new Trash(new TreeMap<>()));
      case SetSwitch set -> host.ovs = switched(host.ovs, set);
      case PinCpus pin -> host.domains.computeIfPresent(pin.vm(), (vm, d) -> pinned(d, pin.pins()));
      case DefineDomain define -> host.domains.put(define.vm(), defined(define));
      case UndefineDomain undefine -> host.domains.remove(undefine.vm());
      case StartDomain start -> state(host, start.vm(), DomainState.RUNNING);
      case ShutdownDomain shutdown -> state(host, shutdown.vm(), DomainState.SHUT_OFF);
      case DestroyDomain destroy -> state(host, destroy.vm(), DomainState.SHUT_OFF);
      case MigrateDomain migrate -> host.domains.remove(migrate.vm());
    }
  }

  private static ObservedDomain defined(DefineDomain define) {
    List<CpuSet> vcpus = new ArrayList<>();
    Matcher pins = VCPU_PIN.matcher(define.xml());
    while (pins.find()) {
      vcpus.add(CpuSet.parse(pins.group(2)));
    }
    Matcher emulator = EMULATOR_PIN.matcher(define.xml());
    CpuSet emulatorCpus = emulator.find() ? CpuSet.parse(emulator.group(1)) : CpuSet.EMPTY;
    return new ObservedDomain(
        define.vm(),
        "4c4c4544-0000-1000-8000-000000000001",
        DomainState.SHUT_OFF,
        vcpus.size(),
        128L << 20,
        "config",
        Optional.empty(),
        Optional.of(new CpuPins(vcpus, emulatorCpus)),
        Optional.of(define.specDigest()));
  }

  private static ObservedDomain pinned(ObservedDomain d, CpuPins pins) {
    return d.withPins(d.livePins().map(live -> pins), Optional.of(pins));
  }

  private static ObservedDomain limited(ObservedDomain d, VmLimits limits) {
    return d.withLimits(
        Optional.of(limits),
        d.state().isActive() ? Optional.of(limits.withoutBalloon()) : Optional.empty());
  }

  private static void state(State host, VmName vm, DomainState state) {
    host.domains.computeIfPresent(
        vm,
        (name, d) ->
            new ObservedDomain(
                name,
                d.uuid(),
                state,
                d.vcpus(),
                d.memoryBytes(),
                d.configDigest(),
                state.isActive() ? d.configPins() : Optional.empty(),
                d.configPins(),
                d.specDigest()));
  }
}

package dev.ballast.coordinator.api;

import dev.ballast.coordinator.cluster.Cluster;
import dev.ballast.coordinator.cluster.HeldObjects;
import dev.ballast.coordinator.store.LeaderDatabase;
import dev.ballast.core.drift.Drift;
import dev.ballast.core.drift.DriftDetector;
import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.spec.SpecWriter;
import dev.ballast.v1.GetStatusResponse;
import dev.ballast.v1.Host;
import dev.ballast.v1.ListHostsResponse;
import dev.ballast.v1.ListVmsResponse;
import dev.ballast.v1.Vm;
import dev.ballast.wire.ContractVersion;
import dev.ballast.wire.EnumCodec;
import dev.ballast.wire.FactsCodec;
import dev.ballast.wire.HostSettingCodec;
import dev.ballast.wire.LimitCodec;
import dev.ballast.wire.ModelCodec;
import dev.ballast.wire.SwitchCodec;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/** What there is: the cluster, its hosts, its VMs. */
final class Inventories {
  private final Cluster cluster;
  private final LeaderDatabase database;
  private final HeldObjects held;
  private final ApiSettings settings;
  private final Clock clock;

  Inventories(
      Cluster cluster,
      LeaderDatabase database,
      HeldObjects held,
      ApiSettings settings,
      Clock clock) {
    this.cluster = cluster;
    this.database = database;
    this.held = held;
    this.settings = settings;
    this.clock = clock;
  }

  GetStatusResponse status() {
    Snapshot snapshot = cluster.snapshot();
    long connected = snapshot.hosts().values().stream().filter(HostView::connected).count();
    return GetStatusResponse.newBuilder()
        .setCluster(settings.cluster())
        .setVersion(settings.version())
        .setContractVersion(ContractVersion.CURRENT)
        .setTerm(database.term().value())
        .setSnapshotVersion(snapshot.version())
        .setAutomation(EnumCodec.toProto(snapshot.automation()))
        .setFrozen(snapshot.frozen())
        .setHostsConnected((int) connected)
        .setHostsKnown(snapshot.hosts().size())
        .setDriftCount(drifts(snapshot).size())
        .addAllFrozenHosts(names(snapshot, HostView::frozen))
        .addAllCordonedHosts(names(snapshot, HostView::cordoned))
        .addAllFrozenVms(snapshot.frozenVms().stream().map(VmName::value).toList())
        .build();
  }

  private static List<String> names(Snapshot snapshot, Predicate<HostView> condition) {
    return snapshot.hosts().values().stream()
        .filter(condition)
        .map(view -> view.name().value())
        .toList();
  }

  /** What differs and is not just being changed by an operation. */
  List<Drift> drifts(Snapshot snapshot) {
    return DriftDetector.detect(snapshot).stream()
        .filter(drift -> !held.isHeld(drift.host(), drift.object()))
        .toList();
  }

  ListHostsResponse hosts(String name) {
    Snapshot snapshot = cluster.snapshot();
    List<Drift> drifts = drifts(snapshot);
    ListHostsResponse.Builder response = ListHostsResponse.newBuilder();
    if (name.isEmpty()) {
      snapshot.hosts().values().forEach(view -> response.addHosts(host(snapshot, view, drifts)));
    } else {
      response.addHosts(host(snapshot, knownHost(snapshot, name), drifts));
    }
    return response.build();
  }

  /** The host of that name. */
  static HostView knownHost(Snapshot snapshot, String name) {
    HostView view = snapshot.hosts().get(new HostName(name));
    if (view == null) {
      throw Problem.notFound("there is no host '" + name + "'; 'ballast hosts' lists them");
    }
    return view;
  }

  private Host host(Snapshot snapshot, HostView view, List<Drift> drifts) {
    Host.Builder host =
        Host.newBuilder()
            .setName(view.name().value())
            .setConnected(view.connected())
            .setInventory(ModelCodec.toProto(view.inventory()))
            .setLoad(ModelCodec.toProto(view.load()))
            .setAutomation(EnumCodec.toProto(view.automation()))
            .setEffectiveAutomation(EnumCodec.toProto(view.automation().and(snapshot.automation())))
            .setObserveOnly(view.observeOnly())
            .setFrozen(view.frozen())
            .setCordoned(view.cordoned())
            .setSilentMillis(silentMillis(view))
            .setFacts(FactsCodec.toProto(view.facts()));
    view.ksm().map(ModelCodec::toProto).ifPresent(host::setKsm);
    host.addAllSettings(HostSettingCodec.toProto(view.settings()));
    view.ovs().ifPresent(ovs -> host.setOvs(SwitchCodec.toProto(ovs)));
    view.domains().values().forEach(domain -> host.addDomains(ModelCodec.toProto(domain)));
    drifts.stream()
        .filter(drift -> drift.host().equals(view.name()))
        .forEach(drift -> host.addDrifts(drift(drift)));
    return host.build();
  }

  private long silentMillis(HostView view) {
    long seen = cluster.seenEpochMillis(view.name());
    long silent = seen == 0 ? 0 : Math.max(0, clock.millis() - seen);
    return view.connected() && silent < FRESH_MILLIS ? 0 : silent;
  }

  /** A connected host that said something within this time is fresh. */
  private static final long FRESH_MILLIS = 3_000;

  private static dev.ballast.v1.Drift drift(Drift drift) {
    return dev.ballast.v1.Drift.newBuilder()
        .setObject(drift.object().value())
        .setField(drift.field())
        .setExpected(drift.expected())
        .setFound(drift.found())
        .build();
  }

  ListVmsResponse vms(String name) {
    Snapshot snapshot = cluster.snapshot();
    SortedSet<VmName> names = new TreeSet<>(snapshot.specs().keySet());
    snapshot.hosts().values().forEach(host -> names.addAll(host.domains().keySet()));
    if (!name.isEmpty()) {
      names.retainAll(List.of(new VmName(name)));
      if (names.isEmpty()) {
        throw Problem.notFound("there is no VM '" + name + "'; 'ballast vms' lists them");
      }
    }
    ListVmsResponse.Builder response = ListVmsResponse.newBuilder();
    for (VmName vm : names) {
      if (snapshot.specs().containsKey(vm)) {
        response.addVms(specified(snapshot, snapshot.specs().get(vm)));
      } else {
        snapshot.hosts().values().stream()
            .filter(host -> host.domains().containsKey(vm))
            .forEach(host -> response.addVms(found(snapshot, host, vm).build()));
      }
    }
    return response.build();
  }

  private static Vm specified(Snapshot snapshot, VmSpec spec) {
    Assignment assignment = snapshot.assignments().get(spec.name());
    HostView host = assignment == null ? null : snapshot.hosts().get(assignment.host());
    Vm.Builder vm =
        host == null
            ? Vm.newBuilder().setState(dev.ballast.v1.DomainState.DOMAIN_STATE_UNKNOWN)
            : found(snapshot, host, spec.name());
    vm.setName(spec.name().value())
        .setVcpus(spec.vcpus())
        .setMemoryBytes(spec.memoryBytes())
        .setSpecYaml(SpecWriter.write(spec))
        .setFrozen(snapshot.frozenVms().contains(spec.name()))
        .setSpecified(true)
        .setAutomation(EnumCodec.toProto(spec.automation()))
        .setLimits(LimitCodec.toProto(snapshot.limits(spec)))
        .setLimitsOverride(snapshot.limitOverrides().containsKey(spec.name()));
    if (assignment != null) {
      vm.setHost(assignment.host().value())
          .setAssignedPins(ModelCodec.toProto(assignment.pins()))
          .setPinsOverride(assignment.override());
    }
    return vm.build();
  }

  private static Vm.Builder found(Snapshot snapshot, HostView host, VmName name) {
    Vm.Builder vm =
        Vm.newBuilder()
            .setName(name.value())
            .setHost(host.name().value())
            .setFrozen(snapshot.frozenVms().contains(name))
            .setState(dev.ballast.v1.DomainState.DOMAIN_STATE_UNKNOWN)
            .setAutomation(dev.ballast.v1.Automation.AUTOMATION_OFF);
    Optional<ObservedDomain> domain = Optional.ofNullable(host.domains().get(name));
    domain.ifPresent(
        seen -> {
          vm.setState(EnumCodec.toProto(seen.state()))
              .setVcpus(seen.vcpus())
              .setMemoryBytes(seen.memoryBytes());
          vm.addAllSnapshots(ModelCodec.toProto(seen).getSnapshotsList());
          seen.livePins().map(ModelCodec::toProto).ifPresent(vm::setLivePins);
          seen.liveLimits().map(LimitCodec::toProto).ifPresent(vm::setLiveLimits);
        });
    host.load().vms().stream()
        .filter(load -> load.vm().equals(name))
        .findFirst()
        .map(ModelCodec::toProto)
        .ifPresent(vm::setLoad);
    return vm;
  }
}

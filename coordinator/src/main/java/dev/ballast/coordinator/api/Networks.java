package dev.ballast.coordinator.api;

import dev.ballast.coordinator.cluster.Cluster;
import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.drift.Drift;
import dev.ballast.core.drift.DriftDetector;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.SwitchBridge;
import dev.ballast.core.model.SwitchOptions;
import dev.ballast.core.model.VmName;
import dev.ballast.core.spec.SpecWriter;
import dev.ballast.v1.ListNetworksResponse;
import dev.ballast.v1.Network;
import dev.ballast.v1.NetworkPlace;
import dev.ballast.v1.PlanBridgeRequest;
import dev.ballast.wire.SwitchOptionsCodec;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** The networks of the cluster, as specified and as they are on each host. */
final class Networks {
  private final Cluster cluster;

  Networks(Cluster cluster) {
    this.cluster = cluster;
  }

  ListNetworksResponse list(String name) {
    Snapshot snapshot = cluster.snapshot();
    List<Drift> drifts = DriftDetector.detect(snapshot);
    ListNetworksResponse.Builder response = ListNetworksResponse.newBuilder();
    if (name.isEmpty()) {
      snapshot.networks().values().forEach(n -> response.addNetworks(network(snapshot, n, drifts)));
      return response.build();
    }
    NetworkSpec network = snapshot.networks().get(name(name));
    if (network == null) {
      throw Problem.notFound("there is no network '" + name + "'; 'ballast networks' lists them");
    }
    return response.addNetworks(network(snapshot, network, drifts)).build();
  }

  static NetworkName name(String name) {
    try {
      return new NetworkName(name);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid(String.valueOf(e.getMessage()));
    }
  }

  private static Network network(Snapshot snapshot, NetworkSpec spec, List<Drift> drifts) {
    Network.Builder network =
        Network.newBuilder()
            .setName(spec.name().value())
            .setBridge(spec.bridge())
            .addAllHosts(spec.hosts().stream().map(HostName::value).toList())
            .addAllUplinks(spec.uplinks())
            .addAllTrunks(spec.trunks())
            .setOverride(spec.override())
            .addAllVms(vms(snapshot, spec.name()))
            .setSpecYaml(SpecWriter.write(spec));
    spec.vlan().ifPresent(network::setVlan);
    for (HostView host : snapshot.hosts().values()) {
      if (spec.isOn(host.name())) {
        network.addPlaces(place(snapshot, spec, host, drifts));
      }
    }
    return network.build();
  }

  private static List<String> vms(Snapshot snapshot, NetworkName network) {
    return snapshot.specs().values().stream()
        .filter(
            spec ->
                spec.nics().stream().anyMatch(nic -> nic.network().equals(Optional.of(network))))
        .map(spec -> spec.name())
        .map(VmName::value)
        .toList();
  }

  private static NetworkPlace place(
      Snapshot snapshot, NetworkSpec spec, HostView host, List<Drift> drifts) {
    Optional<SwitchBridge> bridge =
        host.ovs().flatMap(seen -> Optional.ofNullable(seen.bridges().get(spec.bridge())));
    String field = "bridge " + spec.bridge();
    long count =
        drifts.stream()
            .filter(drift -> drift.host().equals(host.name()))
            .filter(drift -> drift.object().equals(ObjectKey.OVS))
            .filter(drift -> drift.field().equals(field) || drift.field().startsWith(field + " "))
            .count();
    return NetworkPlace.newBuilder()
        .setHost(host.name().value())
        .setConnected(host.connected())
        .setState(state(snapshot, host, bridge))
        .setGuests(bridge.map(b -> b.guests().size()).orElse(0))
        .setDrifts((int) count)
        .build();
  }

  private static String state(Snapshot snapshot, HostView host, Optional<SwitchBridge> bridge) {
    if (host.ovs().isEmpty()) {
      return "unknown";
    }
    if (bridge.isEmpty()) {
      return "missing";
    }
    return bridge.get().isOwnedBy(snapshot.cluster()) ? "present" : "foreign";
  }

  /** The network that an operator's verb asks for. */
  static NetworkSpec asked(PlanBridgeRequest request) {
    try {
      return new NetworkSpec(
          new NetworkName(request.getName()),
          request.getBridge().isEmpty() ? request.getName() : request.getBridge(),
          hosts(request),
          new TreeSet<>(request.getUplinksList()),
          request.hasVlan() ? Optional.of(request.getVlan()) : Optional.empty(),
          new TreeSet<>(request.getTrunksList()),
          true,
          request.hasOptions()
              ? SwitchOptionsCodec.fromProto(request.getOptions())
              : SwitchOptions.NONE);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid(String.valueOf(e.getMessage()));
    }
  }

  static SortedSet<HostName> hosts(PlanBridgeRequest request) {
    SortedSet<HostName> hosts = new TreeSet<>();
    for (String host : request.getHostsList()) {
      try {
        hosts.add(new HostName(host));
      } catch (IllegalArgumentException e) {
        throw Problem.invalid(String.valueOf(e.getMessage()));
      }
    }
    return hosts;
  }
}

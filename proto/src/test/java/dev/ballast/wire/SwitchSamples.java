package dev.ballast.wire;

import dev.ballast.core.action.Expectation;
import dev.ballast.core.action.Reversible;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.ObservedSwitch;
import dev.ballast.core.model.SwitchBridge;
import dev.ballast.core.model.SwitchOptions;
import dev.ballast.core.model.SwitchPort;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Arbitrary networks and bridges. */
final class SwitchSamples {
  private static final String OWNER = "0e94f2b9-93dc-45fd-ade8-748743a863d9";

  private SwitchSamples() {}

  private static Arbitrary<String> links() {
    return Arbitraries.strings().withCharRange('a', 'z').ofMinLength(1).ofMaxLength(15);
  }

  private static Arbitrary<Integer> vlans() {
    return Arbitraries.integers().between(1, 4_094);
  }

  private static Arbitrary<SortedSet<Integer>> trunks() {
    return vlans().set().ofMaxSize(3).map(TreeSet::new);
  }

  static Arbitrary<NetworkSpec> networks() {
    return Combinators.combine(
            links(),
            Arbitraries.strings().withCharRange('a', 'z').ofLength(4).set().ofMaxSize(3),
            links().map(String::toUpperCase).set().ofMaxSize(3),
            vlans().optional(),
            trunks(),
            Arbitraries.of(true, false),
            Arbitraries.of(SwitchOptions.NONE, options()))
        .as(
            (name, hosts, uplinks, vlan, trunks, override, options) ->
                new NetworkSpec(
                    new NetworkName(name),
                    name,
                    new TreeSet<>(hosts.stream().map(HostName::new).toList()),
                    new TreeSet<>(uplinks),
                    vlan,
                    trunks,
                    override,
                    options));
  }

  private static SwitchOptions options() {
    return new SwitchOptions(
        Optional.of(5),
        Optional.of(
            new SwitchOptions.Bond(
                "bond0", new TreeSet<>(List.of("eth8", "eth9")), "balance-tcp", "active")),
        "secure",
        "netdev",
        true,
        false,
        new TreeSet<>(List.of("BRP")),
        Optional.of(
            new SwitchOptions.Vxlan(
                7, 4_790, new TreeMap<>(Map.of(new HostName("h1"), "192.0.2.1")))),
        new TreeMap<>(Map.of("bond0", new SwitchOptions.PortRate(1_000, 500, 50))),
        new TreeMap<>(
            Map.of(
                "m0",
                new SwitchOptions.Mirror(
                    new TreeSet<>(List.of("bond0")), Optional.of("eth7"), Optional.empty()),
                "m1",
                new SwitchOptions.Mirror(new TreeSet<>(), Optional.empty(), Optional.of(99)))),
        Optional.of(
            new SwitchOptions.Sflow(new TreeSet<>(List.of("192.0.2.9:6343")), "eth0", 64, 10)));
  }

  private static Arbitrary<SwitchPort> ports() {
    return Combinators.combine(
            links(),
            Arbitraries.of("", "internal", "patch", "bond"),
            vlans().optional(),
            trunks(),
            Arbitraries.of("", "access", "native-untagged"),
            links().optional(),
            Arbitraries.just(OWNER).optional(),
            settings())
        .as(SwitchPort::new);
  }

  private static Arbitrary<SortedMap<String, String>> settings() {
    return Arbitraries.of(
        new TreeMap<>(), new TreeMap<>(Map.of("options.key", "7", "qos.type", "linux-htb")));
  }

  private static SwitchBridge bridge(
      String name, Optional<String> owner, Iterable<SwitchPort> all) {
    SortedMap<String, SwitchPort> ports = new TreeMap<>();
    all.forEach(port -> ports.put(port.name(), port));
    return new SwitchBridge(name, owner, ports, new TreeMap<>());
  }

  private static Arbitrary<SwitchBridge> targets() {
    return Combinators.combine(links(), ports().list().ofMaxSize(3))
        .as(
            (name, ports) -> {
              SwitchBridge target = bridge(name, Optional.of(OWNER), ports);
              SortedMap<String, SwitchPort> all = new TreeMap<>(target.ports());
              all.put(name, SwitchPort.local(name, OWNER));
              return new SwitchBridge(name, target.owner(), all, new TreeMap<>());
            });
  }

  private static Arbitrary<SwitchBridge> bridges() {
    return Combinators.combine(
            links(), Arbitraries.just(OWNER).optional(), ports().list().ofMaxSize(3))
        .as(SwitchSamples::bridge);
  }

  private static SortedMap<String, SwitchBridge> byName(Iterable<SwitchBridge> all) {
    SortedMap<String, SwitchBridge> bridges = new TreeMap<>();
    all.forEach(bridge -> bridges.put(bridge.name(), bridge));
    return bridges;
  }

  static Arbitrary<ObservedSwitch> switches() {
    return Combinators.combine(
            bridges().list().ofMaxSize(3), links().set().ofMaxSize(3), links(), links())
        .as(
            (bridges, links, port, domain) -> {
              SortedMap<String, SwitchBridge> all = new TreeMap<>();
              for (SwitchBridge b : bridges) {
                SortedMap<String, String> guests = new TreeMap<>();
                guests.put(port, domain);
                all.put(
                    b.name(),
                    new SwitchBridge(b.name(), b.owner(), b.ports(), guests, setting(port)));
              }
              SortedMap<String, String> free = new TreeMap<>();
              links.forEach(link -> free.put(link, domain));
              return new ObservedSwitch(all, free, "netdev", setting(domain));
            });
  }

  private static SortedMap<String, String> setting(String value) {
    return new TreeMap<>(Map.of("fail_mode", value));
  }

  static Arbitrary<Reversible.SetSwitch> actions() {
    return Combinators.combine(
            targets().list().ofMinSize(1).ofMaxSize(3),
            links().map(String::toUpperCase).set().ofMaxSize(2))
        .as((targets, gone) -> new Reversible.SetSwitch(byName(targets), new TreeSet<>(gone)));
  }

  static Arbitrary<Expectation.SwitchRecord> records() {
    return Combinators.combine(bridges().list().ofMaxSize(3), links().set().ofMaxSize(2))
        .as(
            (present, absent) ->
                new Expectation.SwitchRecord(byName(present), new TreeSet<>(absent)));
  }
}

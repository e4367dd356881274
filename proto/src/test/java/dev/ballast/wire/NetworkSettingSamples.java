package dev.ballast.wire;

import dev.ballast.core.model.HostLink;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.LinkNeighbour;
import dev.ballast.core.model.LinkSetting;
import dev.ballast.core.model.VirtualNetwork;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Networks of libvirt, forwards, forwarding. */
final class NetworkSettingSamples {
  private NetworkSettingSamples() {}

  static Arbitrary<HostSetting> settings() {
    return Arbitraries.of(
        new HostSetting.IpForwarding(true, false),
        new HostSetting.IpForwarding(false, true),
        new HostSetting.VirtualNetworks(
            new TreeMap<>(
                Map.of(
                    "guests",
                    new VirtualNetwork(
                        "open",
                        "bv0",
                        "10.5.0.1/24",
                        "10.5.0.10",
                        "10.5.0.99",
                        new TreeMap<>(Map.of("52:54:00:00:00:01", "10.5.0.7")),
                        false,
                        true,
                        "dns")))),
        new HostSetting.OtherNetworks(new TreeMap<>(Map.of("default", "nat"))),
        new HostSetting.PortForwards(
            new TreeMap<>(Map.of("tcp 8080", "10.5.0.7:80")),
            new TreeSet<>(List.of("10.5.0.0/24")),
            3),
        new LinkSetting.OwnLinks(
            new TreeMap<>(
                Map.of(
                    "br0",
                    HostLink.bridge(
                        1_500,
                        true,
                        new TreeSet<>(List.of("eth0")),
                        new TreeSet<>(List.of("10.0.0.1/24", "fd00::1/64")),
                        new TreeSet<>(List.of("default via 10.0.0.254"))),
                    "eth0",
                    HostLink.card(
                        9_000,
                        new TreeSet<>(),
                        new TreeSet<>(),
                        Optional.of(
                            new HostLink.Former(
                                1_500,
                                new TreeSet<>(List.of("10.0.0.1/24")),
                                new TreeSet<>(List.of("default via 10.0.0.254")))))))),
        new LinkSetting.OtherLinks(
            new TreeMap<>(
                Map.of(
                    "eth1",
                    new HostLink(
                        HostLink.Kind.CARD,
                        1_500,
                        false,
                        new TreeSet<>(),
                        new TreeSet<>(),
                        new TreeSet<>(),
                        Optional.empty(),
                        "a port of br7",
                        "NetworkManager")))),
        new LinkSetting.InFiles(
            new TreeSet<>(List.of("guests")), new TreeSet<>(List.of("tcp 80", "10.5.0.0/24"))),
        new LinkSetting.Neighbours(
            new TreeSet<>(
                List.of(
                    new LinkNeighbour(
                        "eth0", "switch-1", "ge-0/0/7", new TreeSet<>(List.of(10, 20)))))));
  }
}

package dev.ballast.wire;

import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.VirtualNetwork;
import java.util.List;
import java.util.Map;
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
            3));
  }
}

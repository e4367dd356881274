package dev.ballast.core.model;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A network of libvirt as files say, with the ports of hosts that lead into it.
 *
 * @param hosts empty for all
 * @param forwards as in {@link HostSetting.PortForwards}
 * @param masquerade whether its guests reach others under the host's address
 */
public record LibvirtNetworkSpec(
    String name,
    SortedSet<HostName> hosts,
    VirtualNetwork network,
    SortedMap<String, String> forwards,
    boolean masquerade) {
  public LibvirtNetworkSpec {
    hosts = Collections.unmodifiableSortedSet(new TreeSet<>(hosts));
    forwards = Collections.unmodifiableSortedMap(new TreeMap<>(forwards));
    if (!network.mode().equals(VirtualNetwork.OPEN) && (masquerade || !forwards.isEmpty())) {
      throw new IllegalArgumentException(
          "ports lead only into a network of mode open: in others libvirt's own rules drop the"
              + " connection");
    }
    Subnet subnet = Subnet.parse(network.address());
    forwards
        .values()
        .forEach(
            to -> {
              if (!subnet.contains(to.replaceFirst(":.*", ""))) {
                throw new IllegalArgumentException("'" + to + "' is not within " + subnet);
              }
            });
  }

  /** Whether the host is to have it. */
  public boolean isOn(HostName host) {
    return hosts.isEmpty() || hosts.contains(host);
  }

  /** Its subnet, whose guests are masqueraded. */
  public String subnet() {
    return Subnet.parse(network.address()).toString();
  }
}

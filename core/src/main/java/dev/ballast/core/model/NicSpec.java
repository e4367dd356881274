package dev.ballast.core.model;

import java.util.Optional;

/**
 * A virtio network card on a bridge of the host, or in a network that tells the bridge.
 *
 * @param bridge empty while a network tells it
 * @param mac six octets in lower case; always present after parsing (derived when not written)
 * @param openVswitch whether the bridge is an Open vSwitch one
 * @param network the network that it is in; its bridge and VLAN follow the network's
 * @param vlan the VLAN of a card on a bridge that it names itself
 */
public record NicSpec(
    String bridge,
    String mac,
    boolean openVswitch,
    Optional<NetworkName> network,
    Optional<Integer> vlan) {
  /** A card on that bridge, in no VLAN. */
  public NicSpec(String bridge, String mac, boolean openVswitch) {
    this(bridge, mac, openVswitch, Optional.empty(), Optional.empty());
  }

  /** A card in that network. */
  public static NicSpec in(NetworkName network, String mac) {
    return new NicSpec("", mac, true, Optional.of(network), Optional.empty());
  }

  /** The card on the bridge and in the VLAN that its network has; itself where it names both. */
  public NicSpec attached(NetworkSpec to) {
    return new NicSpec(to.bridge(), mac, true, Optional.of(to.name()), to.vlan());
  }
}

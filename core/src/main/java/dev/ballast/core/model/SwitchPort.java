package dev.ballast.core.model;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The configuration of a port of an Open vSwitch bridge that no guest owns.
 *
 * @param type Open vSwitch's type of its interface: empty for a network card, {@code internal},
 *     {@code patch}, …; {@code bond} for a port of several interfaces
 * @param tag the VLAN whose frames it carries untagged
 * @param trunks the VLANs that it carries tagged; empty for all
 * @param vlanMode empty where tag and trunks tell it
 * @param peer the other end of a patch
 * @param owner the UUID of the cluster whose Ballast made it; absent for anyone else's
 */
public record SwitchPort(
    String name,
    String type,
    Optional<Integer> tag,
    SortedSet<Integer> trunks,
    String vlanMode,
    Optional<String> peer,
    Optional<String> owner) {
  public static final String NETWORK_CARD = "";
  public static final String INTERNAL = "internal";

  public SwitchPort {
    trunks = Collections.unmodifiableSortedSet(new TreeSet<>(trunks));
  }

  /** A network card that carries those VLANs; all of them when none is named. */
  public static SwitchPort uplink(String name, SortedSet<Integer> trunks, String owner) {
    return new SwitchPort(
        name, NETWORK_CARD, Optional.empty(), trunks, "", Optional.empty(), Optional.of(owner));
  }

  /** The port that each bridge has for its host, under the bridge's name. */
  public static SwitchPort local(String bridge, String owner) {
    return new SwitchPort(
        bridge,
        INTERNAL,
        Optional.empty(),
        new TreeSet<>(),
        "",
        Optional.empty(),
        Optional.of(owner));
  }

  /** For people: {@code network card, trunk [10, 20]}. */
  public String describe() {
    return (type.isEmpty() ? "network card" : type)
        + peer.map(other -> " to " + other).orElse("")
        + tag.map(id -> ", VLAN " + id).orElse("")
        + (trunks.isEmpty() ? "" : ", trunk " + trunks)
        + (vlanMode.isEmpty() ? "" : ", " + vlanMode)
        + (owner.isPresent() ? "" : ", not made by Ballast");
  }
}

package dev.ballast.core.model;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The configuration of a port of an Open vSwitch bridge that no guest owns.
 *
 * @param type Open vSwitch's type of its interface: empty for a network card, {@code internal},
 *     {@code patch}, …; {@code bond} for a port of several network cards
 * @param tag the VLAN whose frames it carries untagged
 * @param trunks the VLANs that it carries tagged; empty for all
 * @param vlanMode empty where tag and trunks tell it
 * @param peer the other end of a patch
 * @param owner the UUID of the cluster whose Ballast made it; absent for anyone else's
 * @param settings what is not as Open vSwitch has it by itself, by the name of the column: {@code
 *     bond_mode}, {@code qos.max-rate}, {@code options.remote_ip}, …; {@code members} of a bond
 */
public record SwitchPort(
    String name,
    String type,
    Optional<Integer> tag,
    SortedSet<Integer> trunks,
    String vlanMode,
    Optional<String> peer,
    Optional<String> owner,
    SortedMap<String, String> settings) {
  public static final String NETWORK_CARD = "";
  public static final String INTERNAL = "internal";
  public static final String BOND = "bond";
  public static final String PATCH = "patch";
  public static final String VXLAN = "vxlan";

  /** Several interfaces that are not all network cards: nothing that a plan could make. */
  public static final String MIXED = "mixed";

  public static final String MEMBERS = "members";

  /** A port as Open vSwitch has it by itself. */
  public SwitchPort(
      String name,
      String type,
      Optional<Integer> tag,
      SortedSet<Integer> trunks,
      String vlanMode,
      Optional<String> peer,
      Optional<String> owner) {
    this(name, type, tag, trunks, vlanMode, peer, owner, new TreeMap<>());
  }

  public SwitchPort {
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
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

  /** The same port with other settings. */
  public SwitchPort withSettings(SortedMap<String, String> newSettings) {
    return new SwitchPort(name, type, tag, trunks, vlanMode, peer, owner, newSettings);
  }

  /** The network cards of the host that it takes. */
  public SortedSet<String> cards() {
    SortedSet<String> cards = new TreeSet<>();
    if (type.equals(NETWORK_CARD)) {
      cards.add(name);
    } else if (type.equals(BOND)) {
      cards.addAll(List.of(settings.getOrDefault(MEMBERS, "").split(",")));
    }
    return cards;
  }

  /** For people: {@code network card, trunk [10, 20]}. */
  public String describe() {
    StringBuilder more = new StringBuilder();
    settings.forEach((key, value) -> more.append(", ").append(key).append('=').append(value));
    return (type.isEmpty() ? "network card" : type)
        + peer.map(other -> " to " + other).orElse("")
        + tag.map(id -> ", VLAN " + id).orElse("")
        + (trunks.isEmpty() ? "" : ", trunk " + trunks)
        + (vlanMode.isEmpty() ? "" : ", " + vlanMode)
        + more
        + (owner.isPresent() ? "" : ", not made by Ballast");
  }
}

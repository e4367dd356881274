package dev.ballast.core.model;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The Open vSwitch of a host: its configuration, without statistics and status.
 *
 * @param bridges by name
 * @param links the host's network links that are on no bridge of the switch, each with what keeps
 *     it from joining one (an address, a route, another link on top); an empty text where nothing
 *     does
 * @param datapath the type of datapath that a new bridge gets, {@code system} or {@code netdev};
 *     empty where nobody said
 * @param notes what is seen and left alone, such as the controller of a bridge or the neighbour of
 *     a link: what it concerns, and what it is
 */
public record ObservedSwitch(
    SortedMap<String, SwitchBridge> bridges,
    SortedMap<String, String> links,
    String datapath,
    SortedMap<String, String> notes) {
  /** A switch of which nobody said more. */
  public ObservedSwitch(SortedMap<String, SwitchBridge> bridges, SortedMap<String, String> links) {
    this(bridges, links, "", new TreeMap<>());
  }

  /** The same switch with other bridges and links. */
  public ObservedSwitch with(
      SortedMap<String, SwitchBridge> newBridges, SortedMap<String, String> newLinks) {
    return new ObservedSwitch(newBridges, newLinks, datapath, notes);
  }

  public ObservedSwitch {
    bridges = Collections.unmodifiableSortedMap(new TreeMap<>(bridges));
    links = Collections.unmodifiableSortedMap(new TreeMap<>(links));
    notes = Collections.unmodifiableSortedMap(new TreeMap<>(notes));
  }
}

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
 */
public record ObservedSwitch(
    SortedMap<String, SwitchBridge> bridges, SortedMap<String, String> links) {
  public ObservedSwitch {
    bridges = Collections.unmodifiableSortedMap(new TreeMap<>(bridges));
    links = Collections.unmodifiableSortedMap(new TreeMap<>(links));
  }
}

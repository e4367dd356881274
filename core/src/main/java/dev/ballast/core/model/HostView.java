package dev.ballast.core.model;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that the coordinator knows of one host.
 *
 * @param connected whether its agent's stream is up
 * @param observedVersion grows with each observation that the agent reported
 * @param ksm absent when the host has none
 * @param load the last telemetry sample, {@link HostLoad#NONE} before the first
 * @param automation what Ballast may do on this host by itself
 * @param observeOnly whether no command is ever sent to it
 * @param frozen whether an operator froze it, at the coordinator or on the host itself
 */
public record HostView(
    HostName name,
    boolean connected,
    long observedVersion,
    HostInventory inventory,
    Optional<KsmSettings> ksm,
    SortedMap<VmName, ObservedDomain> domains,
    HostLoad load,
    Automation automation,
    boolean observeOnly,
    boolean frozen) {
  public HostView {
    domains = Collections.unmodifiableSortedMap(new TreeMap<>(domains));
  }
}

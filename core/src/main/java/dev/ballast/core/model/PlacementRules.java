package dev.ballast.core.model;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What people ask of the place of a VM, besides {@code placement.hosts} and anti-affinity.
 *
 * @param bannedHosts where it may not run
 * @param hostLabels what its host's labels must be
 * @param tolerations taints that do not keep it off a host
 * @param affinity names of groups; all VMs of one group share a host
 * @param spread how it and others are kept in several failure domains
 */
public record PlacementRules(
    SortedSet<HostName> bannedHosts,
    SortedMap<String, String> hostLabels,
    SortedSet<String> tolerations,
    SortedSet<String> affinity,
    Optional<SpreadRule> spread) {
  public static final PlacementRules NONE =
      new PlacementRules(
          new TreeSet<>(), new TreeMap<>(), new TreeSet<>(), new TreeSet<>(), Optional.empty());

  public PlacementRules {
    bannedHosts = Collections.unmodifiableSortedSet(new TreeSet<>(bannedHosts));
    hostLabels = Collections.unmodifiableSortedMap(new TreeMap<>(hostLabels));
    tolerations = Collections.unmodifiableSortedSet(new TreeSet<>(tolerations));
    affinity = Collections.unmodifiableSortedSet(new TreeSet<>(affinity));
  }

  public PlacementRules withBannedHosts(SortedSet<HostName> hosts) {
    return new PlacementRules(hosts, hostLabels, tolerations, affinity, spread);
  }

  public PlacementRules withHostLabels(SortedMap<String, String> labels) {
    return new PlacementRules(bannedHosts, labels, tolerations, affinity, spread);
  }

  public PlacementRules withTolerations(SortedSet<String> taints) {
    return new PlacementRules(bannedHosts, hostLabels, taints, affinity, spread);
  }

  public PlacementRules withAffinity(SortedSet<String> groups) {
    return new PlacementRules(bannedHosts, hostLabels, tolerations, groups, spread);
  }

  public PlacementRules withSpread(SpreadRule rule) {
    return new PlacementRules(bannedHosts, hostLabels, tolerations, affinity, Optional.of(rule));
  }
}

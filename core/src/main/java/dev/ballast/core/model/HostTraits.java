package dev.ballast.core.model;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What people say of a host in its agent's configuration.
 *
 * @param labels such as rack, zone or kind of storage
 * @param taints what keeps VMs off the host that do not tolerate it; those that run there stay
 */
public record HostTraits(SortedMap<String, String> labels, SortedSet<String> taints) {
  public static final HostTraits NONE = new HostTraits(new TreeMap<>(), new TreeSet<>());

  public HostTraits {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    taints = Collections.unmodifiableSortedSet(new TreeSet<>(taints));
  }

  /** The failure domain that a spread over the label puts the host in; absent without the label. */
  public Optional<String> domain(String over, HostName host) {
    return over.equals(SpreadRule.EACH_HOST)
        ? Optional.of(host.value())
        : Optional.ofNullable(labels.get(over));
  }
}

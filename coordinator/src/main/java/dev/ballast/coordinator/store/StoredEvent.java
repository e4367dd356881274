package dev.ballast.coordinator.store;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmName;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Something that happened, for people.
 *
 * @param number grows by one for each event
 * @param kind host-connected, host-lost, alert, decision, plan, operation, outcome, drift, freeze
 *     and so on
 * @param operationId empty where no operation is concerned
 * @param details times of a spike's parts and the like, by name
 */
public record StoredEvent(
    long number,
    long epochMillis,
    String kind,
    Optional<HostName> host,
    Optional<VmName> vm,
    String text,
    String operationId,
    SortedMap<String, String> details) {
  public StoredEvent {
    details = Collections.unmodifiableSortedMap(new TreeMap<>(details));
  }
}

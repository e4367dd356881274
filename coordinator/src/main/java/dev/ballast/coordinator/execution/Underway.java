package dev.ballast.coordinator.execution;

import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.model.HostName;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The commands whose outcomes are awaited. An operation has one at most on each host, for its steps
 * build on each other; operations are about different objects, and so go on beside each other.
 */
final class Underway {
  private final Map<HostName, SortedMap<Long, InFlight>> byHost = new HashMap<>();
  private final ExecutionSettings limits;
  private int count;

  Underway(ExecutionSettings limits) {
    this.limits = limits;
  }

  void add(InFlight command) {
    InFlight former =
        byHost
            .computeIfAbsent(command.host, host -> new TreeMap<>())
            .putIfAbsent(command.id, command);
    count += former == null ? 1 : 0;
  }

  /** Says whether it was awaited until now. */
  boolean remove(InFlight command) {
    SortedMap<Long, InFlight> ofHost = byHost.get(command.host);
    if (ofHost == null || !ofHost.remove(command.id, command)) {
      return false;
    }
    if (ofHost.isEmpty()) {
      byHost.remove(command.host);
    }
    count--;
    return true;
  }

  Optional<InFlight> find(HostName host, long id) {
    return Optional.ofNullable(byHost.get(host)).map(ofHost -> ofHost.get(id));
  }

  /** In the order in which they were sent. */
  List<InFlight> on(HostName host) {
    SortedMap<Long, InFlight> ofHost = byHost.get(host);
    return ofHost == null ? List.of() : List.copyOf(ofHost.values());
  }

  List<InFlight> of(Running operation) {
    return byHost.values().stream()
        .flatMap(ofHost -> ofHost.values().stream())
        .filter(command -> command.operation == operation)
        .toList();
  }

  boolean isFull() {
    return count >= limits.commandLimit();
  }

  /** The hosts that must not get another command of the operation now. */
  Set<HostName> busyFor(Running operation) {
    Set<HostName> busy = new HashSet<>();
    byHost.forEach(
        (host, ofHost) -> {
          boolean own = ofHost.values().stream().anyMatch(c -> c.operation == operation);
          if (own || ofHost.size() >= limits.hostCommandLimit()) {
            busy.add(host);
          }
        });
    return busy;
  }

  /** Whether the tasks hold a migration and one of its two hosts takes part in another. */
  boolean mustWait(List<Task> tasks) {
    return tasks.stream()
        .anyMatch(
            task ->
                task.planned().action() instanceof MigrateDomain migrate
                    && (takesPart(task.host()) || takesPart(migrate.target())));
  }

  private boolean takesPart(HostName host) {
    return byHost.values().stream()
        .map(Map::values)
        .flatMap(Collection::stream)
        .filter(command -> !command.operation.dryRun)
        .flatMap(command -> command.tasks.stream())
        .anyMatch(
            task ->
                task.planned().action() instanceof MigrateDomain migrate
                    && (task.host().equals(host) || migrate.target().equals(host)));
  }
}

package dev.ballast.coordinator.execution;

import dev.ballast.core.action.Command;
import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.model.HostName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Forms commands from tasks: consecutive reversible tasks of a host whose dependencies are met are
 * one transaction in their order; a final one stands alone. No task overtakes an earlier one of the
 * same object.
 */
final class Batching {
  private Batching() {}

  /**
   * The commands that may be sent now, at most one a host, ordered by host.
   *
   * @param tasks in an order that respects their dependencies
   * @param waiting the steps that were not sent yet
   * @param over the steps that others need not wait for any more
   * @param busy hosts that must not get a command now
   */
  static List<List<Task>> ready(
      List<Task> tasks, Set<Integer> waiting, Set<Integer> over, Set<HostName> busy) {
    Map<HostName, List<Task>> byHost = new TreeMap<>();
    for (Task task : tasks) {
      if (waiting.contains(task.step()) && !busy.contains(task.host())) {
        byHost.computeIfAbsent(task.host(), host -> new ArrayList<>()).add(task);
      }
    }
    return byHost.values().stream()
        .map(ofHost -> first(ofHost, over))
        .filter(batch -> !batch.isEmpty())
        .toList();
  }

  private static List<Task> first(List<Task> ofHost, Set<Integer> over) {
    List<Task> batch = new ArrayList<>();
    Set<Integer> met = new HashSet<>(over);
    Set<ObjectKey> passedOver = new HashSet<>();
    for (Task task : ofHost) {
      boolean possible = met.containsAll(task.after()) && !passedOver.contains(task.object());
      if (batch.isEmpty()) {
        if (!possible) {
          passedOver.add(task.object());
          continue;
        }
      } else if (!possible || task.isFinal() || batch.size() == Command.ACTION_LIMIT) {
        break;
      }
      batch.add(task);
      met.add(task.step());
      if (task.isFinal()) {
        break;
      }
    }
    return batch;
  }
}

package dev.ballast.coordinator.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.Action;
import dev.ballast.core.action.Expectation.NoDomain;
import dev.ballast.core.action.Final.StartDomain;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.Reversible.UndefineDomain;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BatchingTest {
  private static List<Task> randomTasks(long seed, int count) {
    Random random = new Random(seed);
    List<Task> tasks = new ArrayList<>();
    for (int step = 1; step <= count; step++) {
      VmName vm = new VmName("vm" + random.nextInt(4));
      Action action = random.nextInt(3) == 0 ? new StartDomain(vm) : new UndefineDomain(vm);
      Set<Integer> after = new HashSet<>();
      for (int i = random.nextInt(3); i > 0 && step > 1; i--) {
        after.add(1 + random.nextInt(step - 1));
      }
      HostName host = new HostName("h" + random.nextInt(3));
      tasks.add(new Task(step, host, new PlannedAction(action, new NoDomain()), after));
    }
    return tasks;
  }

  @Property(tries = 300)
  void everyTaskIsDoneOnceInAnOrderThatItsDependenciesAllow(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int count) {
    List<Task> tasks = randomTasks(seed, count);
    Set<Integer> waiting = new HashSet<>();
    tasks.forEach(task -> waiting.add(task.step()));
    Set<Integer> over = new HashSet<>();
    Map<HeldObject, Integer> lastOfObject = new HashMap<>();
    while (!waiting.isEmpty()) {
      List<List<Task>> batches = Batching.ready(tasks, waiting, over, Set.of());
      assertThat(batches).as("it never stands still").isNotEmpty();
      assertThat(batches).extracting(batch -> batch.getFirst().host()).doesNotHaveDuplicates();
      Set<Integer> before = Set.copyOf(over);
      for (List<Task> batch : batches) {
        Set<Integer> met = new HashSet<>(before);
        for (Task task : batch) {
          assertThat(task.host()).isEqualTo(batch.getFirst().host());
          assertThat(!task.isFinal() || batch.size() == 1).as("a final one is alone").isTrue();
          assertThat(met).containsAll(task.after());
          assertThat(waiting.remove(task.step())).as("once").isTrue();
          Integer former = lastOfObject.put(HeldObject.of(task), task.step());
          assertThat(former == null || former < task.step()).as("no overtaking").isTrue();
          met.add(task.step());
          over.add(task.step());
        }
      }
    }
  }

  @Property(tries = 50)
  void aBusyHostGetsNothing(@ForAll long seed) {
    List<Task> tasks = randomTasks(seed, 20);
    Set<Integer> waiting = new HashSet<>();
    tasks.forEach(task -> waiting.add(task.step()));
    HostName busy = new HostName("h0");

    assertThat(Batching.ready(tasks, waiting, Set.of(), Set.of(busy)))
        .allMatch(batch -> !batch.getFirst().host().equals(busy));
  }
}

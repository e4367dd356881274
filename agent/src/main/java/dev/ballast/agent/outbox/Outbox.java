package dev.ballast.agent.outbox;

import dev.ballast.core.model.CommandProgress;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostObservation;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent, bounded: results stay until they are acknowledged and are sent again on
 * each new stream; of telemetry and observations only the newest stays; of alerts the last ones.
 */
public final class Outbox {
  /** So many results wait for acknowledgement; the oldest are dropped, the journal has them. */
  public static final int RESULT_LIMIT = 2_000;

  /** So many alerts wait; the oldest are dropped. */
  public static final int ALERT_LIMIT = 256;

  /** Of so many commands the progress waits; of each only the newest. */
  public static final int PROGRESS_LIMIT = 64;

  /** So many notices of receipt wait; the oldest are dropped. */
  public static final int RECEIVED_LIMIT = 1_000;

  /** So many answers wait; the oldest are dropped, and whoever asked gives up by a time limit. */
  public static final int ANSWER_LIMIT = 8;

  /** One thing to send. */
  public sealed interface Item {
    record Result(CommandResult result) implements Item {}

    record Received(long commandId) implements Item {}

    record Alert(CpuAlert alert) implements Item {}

    record Observed(HostObservation observation) implements Item {}

    record Load(HostLoad load) implements Item {}

    record Progress(CommandProgress progress) implements Item {}

    record Answer(DefinitionAnswer answer) implements Item {}
  }

  private final TreeMap<Long, CommandResult> results = new TreeMap<>();
  private final Set<Long> unsent = new LinkedHashSet<>();
  private final Deque<Long> received = new ArrayDeque<>();
  private final Deque<CpuAlert> alerts = new ArrayDeque<>();
  private final SequencedMap<Long, CommandProgress> progress = new LinkedHashMap<>();
  private final Deque<DefinitionAnswer> answers = new ArrayDeque<>();
  private @Nullable HostObservation observation;
  private @Nullable HostLoad load;
  private Runnable available = () -> {};
  private volatile Runnable beforeResult = () -> {};

  /**
   * Run before the result of a change is put in, so that the observation which the result led to
   * goes first; must end within a bound.
   */
  public void beforeResult(Runnable listener) {
    beforeResult = listener;
  }

  /** Told after something was put in; must return at once. */
  public synchronized void onAvailable(Runnable listener) {
    available = listener;
  }

  /** A result to send now, and again on each stream until it is acknowledged. */
  public void result(CommandResult result) {
    synchronized (this) {
      results.put(result.commandId(), result);
      progress.remove(result.commandId());
      unsent.add(result.commandId());
      while (results.size() > RESULT_LIMIT) {
        unsent.remove(results.pollFirstEntry().getKey());
      }
    }
    tell();
  }

  /** As {@link #result}, of a command that may have changed the host. */
  public void resultOfChange(CommandResult result) {
    beforeResult.run();
    result(result);
  }

  public synchronized void acknowledged(long commandId) {
    results.remove(commandId);
    unsent.remove(commandId);
  }

  /** A command has been recorded and will have a result. */
  public void received(long commandId) {
    synchronized (this) {
      push(received, commandId, RECEIVED_LIMIT);
    }
    tell();
  }

  public void alert(CpuAlert alert) {
    synchronized (this) {
      push(alerts, alert, ALERT_LIMIT);
    }
    tell();
  }

  /** Replaces what the same command told before and has not been sent. */
  public void progress(CommandProgress newest) {
    synchronized (this) {
      progress.remove(newest.commandId());
      if (progress.size() == PROGRESS_LIMIT) {
        progress.pollFirstEntry();
      }
      progress.put(newest.commandId(), newest);
    }
    tell();
  }

  public void answer(DefinitionAnswer answer) {
    synchronized (this) {
      push(answers, answer, ANSWER_LIMIT);
    }
    tell();
  }

  /** Replaces an observation that has not been sent. */
  public void observation(HostObservation newest) {
    synchronized (this) {
      observation = newest;
    }
    tell();
  }

  /** Replaces a sample that has not been sent. */
  public void load(HostLoad newest) {
    synchronized (this) {
      load = newest;
    }
    tell();
  }

  private static <T> void push(Deque<T> queue, T item, int limit) {
    if (queue.size() == limit) {
      queue.removeFirst();
    }
    queue.addLast(item);
  }

  private void tell() {
    Runnable listener;
    synchronized (this) {
      listener = available;
    }
    listener.run();
  }

  /** How much waits: results until they are acknowledged, alerts until they are sent. */
  public record Depth(int results, int alerts) {}

  public synchronized Depth depth() {
    return new Depth(results.size(), alerts.size());
  }

  /** A new stream begins: all results go again; notices, answers and samples do not. */
  public synchronized void rewind() {
    unsent.addAll(results.keySet());
    received.clear();
    progress.clear();
    answers.clear();
    load = null;
  }

  /** The next thing to send: alerts, then what was observed, then results, then the rest. */
  public synchronized Optional<Item> poll() {
    if (!alerts.isEmpty()) {
      return Optional.of(new Item.Alert(alerts.removeFirst()));
    }
    if (!received.isEmpty()) {
      return Optional.of(new Item.Received(received.removeFirst()));
    }
    if (observation != null) {
      HostObservation newest = observation;
      observation = null;
      return Optional.of(new Item.Observed(newest));
    }
    if (!unsent.isEmpty()) {
      long id = unsent.iterator().next();
      unsent.remove(id);
      CommandResult result = results.get(id);
      if (result != null) {
        return Optional.of(new Item.Result(result));
      }
    }
    if (!progress.isEmpty()) {
      return Optional.of(new Item.Progress(progress.pollFirstEntry().getValue()));
    }
    if (!answers.isEmpty()) {
      return Optional.of(new Item.Answer(answers.removeFirst()));
    }
    if (load != null) {
      HostLoad newest = load;
      load = null;
      return Optional.of(new Item.Load(newest));
    }
    return Optional.empty();
  }
}

package dev.ballast.coordinator.cluster;

import dev.ballast.coordinator.store.EventStore;
import dev.ballast.coordinator.store.StoreException;
import dev.ballast.coordinator.store.StoredEvent;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmName;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Remembers what happened, for people, and tells those who watch. */
public final class EventLog {
  private static final Logger log = LoggerFactory.getLogger(EventLog.class);

  private final EventStore store;
  private final Clock clock;
  private final List<Consumer<StoredEvent>> listeners = new CopyOnWriteArrayList<>();
  private final List<EventSubscription> subscriptions = new CopyOnWriteArrayList<>();

  public EventLog(EventStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * Appends an event of no operation; see {@link StoredEvent}. An event that the store cannot take
   * is logged and lost: it never stops what it tells about.
   */
  public void append(
      String kind,
      Optional<HostName> host,
      Optional<VmName> vm,
      String text,
      Map<String, String> details) {
    append(kind, host, vm, text, "", details);
  }

  /** Appends an event about an operation. */
  public void append(
      String kind,
      Optional<HostName> host,
      Optional<VmName> vm,
      String text,
      String operationId,
      Map<String, String> details) {
    StoredEvent event =
        new StoredEvent(
            0, clock.millis(), kind, host, vm, text, operationId, new TreeMap<>(details));
    log.info("{}{}{}: {}", kind, label(host), label(vm), text);
    synchronized (this) {
      try {
        StoredEvent stored = store.append(event);
        subscriptions.forEach(subscription -> subscription.offer(stored));
        listeners.forEach(listener -> listener.accept(stored));
      } catch (StoreException e) {
        log.error("event '{}' is lost: {}", kind, e.getMessage());
      }
    }
  }

  private static String label(Optional<?> name) {
    return name.map(n -> " " + n).orElse("");
  }

  /** Tells it of each event from now on, in order; it must return at once. */
  public void onEvent(Consumer<StoredEvent> listener) {
    listeners.add(listener);
  }

  /** The newest events, oldest first. */
  public List<StoredEvent> newest(int limit) {
    return store.newest(limit);
  }

  /** Events with a higher number, oldest first. */
  public List<StoredEvent> after(long number, int limit) {
    return store.after(number, limit);
  }

  /**
   * Subscribes to all events from now on. To see past ones too, subscribe first, read them, and
   * skip what comes twice.
   */
  public EventSubscription watch() {
    EventSubscription subscription = new EventSubscription(subscriptions::remove);
    subscriptions.add(subscription);
    return subscription;
  }
}

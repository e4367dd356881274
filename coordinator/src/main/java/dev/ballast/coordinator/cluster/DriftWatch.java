package dev.ballast.coordinator.cluster;

import dev.ballast.coordinator.lifecycle.Part;
import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.drift.Drift;
import dev.ballast.core.drift.DriftDetector;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when hosts begin to differ from what was assigned and specified, and when that ends.
 *
 * <p>Objects that a running operation holds do not drift. Neither does what lasts shorter than the
 * grace time: after an operation, its result is remembered before the host's next observation
 * comes. What is known of a host that is lost stays as it is.
 */
public final class DriftWatch implements Part {
  /** A difference counts as drift after so long. */
  public static final long GRACE_MILLIS = 2_000;

  /** So many drifts are told of at a time; the others follow with the next looks. */
  public static final int EVENT_LIMIT = 100;

  private static final Logger log = LoggerFactory.getLogger(DriftWatch.class);
  private static final long PERIOD_MILLIS = 500;
  private static final String DOMAIN_PREFIX = "domain/";

  /** A place that can drift; what is found there may change while it does. */
  private record Place(HostName host, ObjectKey object, String field) {
    static Place of(Drift drift) {
      return new Place(drift.host(), drift.object(), drift.field());
    }
  }

  private record Candidate(Drift drift, long sinceNanos) {}

  private final Supplier<Snapshot> snapshots;
  private final HeldObjects held;
  private final EventLog events;
  private final LongSupplier nanoTime;
  private final Map<Place, Candidate> candidates = new LinkedHashMap<>();
  private final Map<Place, Drift> told = new LinkedHashMap<>();
  private final ScheduledExecutorService ticker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("drift-watch").daemon(true).factory());
  private long lastVersion = -1;
  private volatile List<Drift> current = List.of();

  public DriftWatch(
      Supplier<Snapshot> snapshots, HeldObjects held, EventLog events, LongSupplier nanoTime) {
    this.snapshots = snapshots;
    this.held = held;
    this.events = events;
    this.nanoTime = nanoTime;
  }

  /** The drift that was told of and has not ended. */
  public List<Drift> current() {
    return current;
  }

  @Override
  public void start() {
    var _ =
        ticker.scheduleWithFixedDelay(
            this::lookIfNeeded, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void lookIfNeeded() {
    try {
      Snapshot snapshot = snapshots.get();
      if (snapshot.version() != lastVersion || !candidates.isEmpty()) {
        look(snapshot);
      }
    } catch (RuntimeException e) {
      log.error("drift is not looked for this time", e);
    }
  }

  /** Compares the snapshot with what was told before, and tells what is new and what is over. */
  void look(Snapshot snapshot) {
    Map<Place, Drift> found = new LinkedHashMap<>();
    boolean anyHeld = false;
    for (Drift drift : DriftDetector.detect(snapshot)) {
      if (held.isHeld(drift.host(), drift.object())) {
        anyHeld = true;
      } else {
        found.put(Place.of(drift), drift);
      }
    }
    long now = nanoTime.getAsLong();
    candidates.keySet().retainAll(found.keySet());
    found.forEach((place, drift) -> consider(place, drift, now));
    tellNew(now);
    tellOver(snapshot, found);
    current = List.copyOf(told.values());
    // What is held now has to be looked at again when it is released.
    lastVersion = anyHeld ? -1 : snapshot.version();
  }

  private void consider(Place place, Drift drift, long now) {
    if (drift.equals(told.get(place))) {
      candidates.remove(place);
      return;
    }
    Candidate before = candidates.get(place);
    if (before == null || !before.drift().equals(drift)) {
      candidates.put(place, new Candidate(drift, now));
    }
  }

  private void tellNew(long now) {
    long graceNanos = TimeUnit.MILLISECONDS.toNanos(GRACE_MILLIS);
    int count = 0;
    Iterator<Candidate> all = candidates.values().iterator();
    while (all.hasNext() && count < EVENT_LIMIT) {
      Candidate candidate = all.next();
      if (now - candidate.sinceNanos() >= graceNanos) {
        all.remove();
        told.put(Place.of(candidate.drift()), candidate.drift());
        tell("drift", candidate.drift(), text(candidate.drift()));
        count++;
      }
    }
  }

  private void tellOver(Snapshot snapshot, Map<Place, Drift> found) {
    int count = 0;
    Iterator<Drift> all = told.values().iterator();
    while (all.hasNext() && count < EVENT_LIMIT) {
      Drift drift = all.next();
      HostView host = snapshot.hosts().get(drift.host());
      boolean lost = host != null && !host.connected();
      if (!found.containsKey(Place.of(drift)) && !lost) {
        all.remove();
        tell("drift-over", drift, drift.object() + " " + drift.field() + " is as expected again");
        count++;
      }
    }
  }

  private static String text(Drift drift) {
    return drift.object()
        + " "
        + drift.field()
        + ": expected "
        + drift.expected()
        + ", found "
        + drift.found();
  }

  private void tell(String kind, Drift drift, String text) {
    events.append(
        kind,
        Optional.of(drift.host()),
        vm(drift.object()),
        text,
        Map.of(
            "object", drift.object().value(),
            "field", drift.field(),
            "expected", drift.expected(),
            "found", drift.found()));
  }

  private static Optional<VmName> vm(ObjectKey object) {
    return object.value().startsWith(DOMAIN_PREFIX)
        ? Optional.of(new VmName(object.value().substring(DOMAIN_PREFIX.length())))
        : Optional.empty();
  }

  @Override
  public void close() {
    ticker.shutdownNow();
  }
}

package dev.ballast.coordinator.cluster;

import dev.ballast.coordinator.cluster.ClusterEvent.FromHost;
import dev.ballast.coordinator.cluster.ClusterEvent.TelemetryReported;
import dev.ballast.coordinator.store.Term;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster's one writer. Events come in by {@link #submit}, are applied one after the other, and
 * give a new immutable snapshot; listeners hear of them in the same order.
 *
 * <p>Telemetry takes a shorter way: it changes no version, is not stored and is not queued.
 */
public final class Cluster implements AutoCloseable {
  /** So many events may wait for the writer, and as many for the listeners; then callers wait. */
  public static final int QUEUE_LIMIT = 10_000;

  /** Versions of later terms are higher, since no term sees so many changes. */
  public static final long VERSIONS_PER_TERM = 1_000_000_000L;

  private static final Logger log = LoggerFactory.getLogger(Cluster.class);

  private record Entry(ClusterEvent event, CompletableFuture<Snapshot> applied) {}

  private record Notice(Snapshot snapshot, ClusterEvent event) {}

  private record Loaded(long generation, Snapshot snapshot) {}

  private final ClusterModel model;
  private final ClusterWriter writer;
  private final LoadHistory history;
  private final Clock clock;
  private final BlockingQueue<Entry> entries = new LinkedBlockingQueue<>(QUEUE_LIMIT);
  private final BlockingQueue<Notice> notices = new LinkedBlockingQueue<>(QUEUE_LIMIT);
  private final List<ClusterListener> listeners = new CopyOnWriteArrayList<>();
  private final List<LoadListener> loadListeners = new CopyOnWriteArrayList<>();
  private final Map<HostName, Long> seenEpochMillis = new ConcurrentHashMap<>();
  private final AtomicLong loadGeneration = new AtomicLong();
  private final Thread writerThread;
  private final Thread listenerThread;
  private volatile Snapshot base;
  private volatile @Nullable Loaded loaded;
  private volatile boolean closed;

  /** Restores what the store remembers; all hosts are disconnected. */
  public Cluster(ClusterStores stores, Term term, LoadHistory history, Clock clock) {
    this.model = ClusterModel.restore(stores);
    this.writer = new ClusterWriter(stores, model, clock);
    this.history = history;
    this.clock = clock;
    this.base = model.snapshot(term.value() * VERSIONS_PER_TERM + 1);
    this.writerThread = Thread.ofVirtual().name("cluster-writer").unstarted(this::write);
    this.listenerThread =
        Thread.ofVirtual().name("cluster-listeners").unstarted(this::tellListeners);
  }

  /** Begins to apply events; listeners are to be there before. */
  public void start() {
    writerThread.start();
    listenerThread.start();
  }

  public void addListener(ClusterListener listener) {
    listeners.add(listener);
  }

  public void addLoadListener(LoadListener listener) {
    loadListeners.add(listener);
  }

  /**
   * Hands an event to the writer; waits while the queue is full.
   *
   * @return completes on the writer's thread, with the snapshot after the event, once the event is
   *     applied and stored; fails with {@code StoreException} when it is not, or with {@code
   *     IllegalArgumentException} when it concerns what is not there
   */
  public CompletableFuture<Snapshot> submit(ClusterEvent event) {
    if (event instanceof FromHost fromHost) {
      seenEpochMillis.put(fromHost.host(), clock.millis());
    }
    if (event instanceof TelemetryReported(HostName host, HostLoad load)) {
      history.record(host, load);
      loadGeneration.incrementAndGet();
      loadListeners.forEach(listener -> listener.onLoad(host, load));
      return CompletableFuture.completedFuture(base);
    }
    CompletableFuture<Snapshot> applied = new CompletableFuture<>();
    if (closed) {
      applied.completeExceptionally(new IllegalStateException("the coordinator is stopping"));
      return applied;
    }
    try {
      entries.put(new Entry(event, applied));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      applied.completeExceptionally(e);
    }
    return applied;
  }

  /** The newest state with the newest loads; the version tells of the state alone. */
  public Snapshot snapshot() {
    return withLoads(base);
  }

  public LoadHistory history() {
    return history;
  }

  /** When the host's agent last said anything to this coordinator; 0 for never. */
  public long seenEpochMillis(HostName host) {
    return seenEpochMillis.getOrDefault(host, 0L);
  }

  private Snapshot withLoads(Snapshot state) {
    long generation = loadGeneration.get();
    Loaded cached = loaded;
    if (cached != null
        && cached.generation() == generation
        && cached.snapshot().version() == state.version()) {
      return cached.snapshot();
    }
    SortedMap<HostName, HostView> hosts = new TreeMap<>(state.hosts());
    hosts.replaceAll((name, view) -> history.host(name).map(view::withLoad).orElse(view));
    Snapshot result =
        new Snapshot(
            state.version(),
            state.cluster(),
            state.automation(),
            state.frozen(),
            hosts,
            state.specs(),
            state.assignments(),
            state.desiredKsm(),
            state.frozenVms(),
            state.limitOverrides(),
            state.networks(),
            state.desiredSettings());
    loaded = new Loaded(generation, result);
    return result;
  }

  private void write() {
    try {
      while (!closed || !entries.isEmpty()) {
        Entry entry = entries.take();
        apply(entry);
      }
    } catch (InterruptedException e) {
      log.debug("the writer stops");
    }
  }

  private void apply(Entry entry) throws InterruptedException {
    try {
      if (writer.apply(entry.event())) {
        base = model.snapshot(base.version() + 1);
      }
    } catch (RuntimeException e) {
      log.error("{} is not applied: {}", entry.event().getClass().getSimpleName(), e.getMessage());
      entry.applied().completeExceptionally(e);
      return;
    }
    entry.applied().complete(base);
    notices.put(new Notice(base, entry.event()));
  }

  private void tellListeners() {
    try {
      while (!closed) {
        tell(notices.take());
      }
    } catch (InterruptedException e) {
      log.debug("the listeners' thread stops");
    }
  }

  private void tell(Notice notice) {
    Snapshot snapshot = withLoads(notice.snapshot());
    for (ClusterListener listener : listeners) {
      try {
        listener.onEvent(snapshot, notice.event());
      } catch (RuntimeException e) {
        log.error("a listener failed on {}", notice.event().getClass().getSimpleName(), e);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    writerThread.interrupt();
    listenerThread.interrupt();
  }
}

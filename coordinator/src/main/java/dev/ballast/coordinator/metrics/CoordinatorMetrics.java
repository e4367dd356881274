package dev.ballast.coordinator.metrics;

import dev.ballast.coordinator.store.PlanState;
import dev.ballast.coordinator.store.StoredEvent;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmName;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator's metrics. States are read when Prometheus asks; what passes (events, writes) is
 * counted as it happens. Labels are hosts, and words of fixed sets.
 */
public final class CoordinatorMetrics {
  /**
   * Where the figures come from.
   *
   * @param seenEpochMillis when a host's agent last said anything, 0 for never
   */
  public record Sources(
      Supplier<Snapshot> snapshot,
      ToLongFunction<HostName> seenEpochMillis,
      IntSupplier driftCount,
      Supplier<Map<PlanState, Long>> plans,
      BooleanSupplier storeWritable,
      BooleanSupplier mayCommand,
      long term,
      long leaseMillis,
      LongSupplier epochMillis,
      String version) {}

  private static final double MILLIS = 1_000;
  private static final double NANOS = 1_000_000_000;
  private static final double[] RELIEF_BOUNDS = {0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300};
  private static final double[] WRITE_BOUNDS = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5
  };

  private final Sources sources;
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Counter events;
  private final Counter operations;
  private final Counter decisions;
  private final Histogram relief;
  private final Histogram calm;
  private final Histogram writes;

  public CoordinatorMetrics(Sources sources) {
    this.sources = sources;
    events = counter("ballast_coordinator_events_total", "Events told, by kind.", "kind");
    operations =
        counter(
            "ballast_coordinator_operations_ended_total",
            "Operations by how they ended, dry runs included.",
            "state");
    decisions =
        counter(
            "ballast_coordinator_decisions_total",
            "What Ballast decided by itself about hot spots and the balance of hosts, also to wait;"
                + " repeats are not told.",
            "kind");
    relief =
        histogram(
            "ballast_coordinator_relief_duration_seconds",
            "From an alert's arrival to the relief being executed.",
            RELIEF_BOUNDS);
    calm =
        histogram(
            "ballast_coordinator_spike_duration_seconds",
            "From the first sample above the threshold to the first one below, by the host's clock.",
            RELIEF_BOUNDS);
    writes =
        histogram(
            "ballast_coordinator_store_write_duration_seconds",
            "Transactions that write to the store.",
            WRITE_BOUNDS);
    cluster();
    leadership();
    JvmMetrics.builder().register(registry);
  }

  /** What Prometheus asks. */
  public PrometheusRegistry registry() {
    return registry;
  }

  /** Takes in what was told. */
  public void event(StoredEvent event) {
    events.labelValues(event.kind()).inc();
    Map<String, String> details = event.details();
    switch (event.kind()) {
      case "operation" -> count(operations, details.get("state"));
      case "decision" -> count(decisions, details.get("kind"));
      case "spike-relieved" -> {
        between(relief, details, "t2EpochMillis", "t4EpochMillis");
        between(calm, details, "t1EpochMillis", "t5EpochMillis");
      }
      default -> {}
    }
  }

  private static void count(Counter counter, @Nullable String label) {
    if (label != null) {
      counter.labelValues(label).inc();
    }
  }

  private static void between(
      Histogram histogram, Map<String, String> details, String from, String to) {
    String begin = details.get(from);
    String end = details.get(to);
    if (begin != null && end != null) {
      histogram.observe(Math.max(0, Long.parseLong(end) - Long.parseLong(begin)) / MILLIS);
    }
  }

  /** Takes in how long a write took. */
  public void write(long nanos) {
    writes.observe(nanos / NANOS);
  }

  private void cluster() {
    gauge(
        "ballast_coordinator_host_connected",
        "Whether the stream of the host's agent is up.",
        g -> hosts(view -> g.call(oneIf(view.connected()), view.name().value())),
        "host");
    gauge(
        "ballast_coordinator_host_silent_seconds",
        "Time since the host's agent last said anything; absent before it did.",
        g ->
            hosts(
                view -> {
                  long seen = sources.seenEpochMillis().applyAsLong(view.name());
                  if (seen > 0) {
                    double silent = Math.max(0, sources.epochMillis().getAsLong() - seen) / MILLIS;
                    g.call(silent, view.name().value());
                  }
                }),
        "host");
    gauge(
        "ballast_coordinator_vms",
        "VMs by state: of the domain on its host, or missing where a specified VM has none.",
        g -> vms(sources.snapshot().get()).forEach((state, count) -> g.call(count, state)),
        "state");
    gauge(
        "ballast_coordinator_specified_vms",
        "VMs with a specification.",
        g -> g.call(sources.snapshot().get().specs().size()));
    gauge(
        "ballast_coordinator_drift_items",
        "Fields that differ from what was assigned or specified.",
        g -> g.call(sources.driftCount().getAsInt()));
    gauge(
        "ballast_coordinator_frozen",
        "Whether an operator froze the whole cluster.",
        g -> g.call(oneIf(sources.snapshot().get().frozen())));
    gauge(
        "ballast_coordinator_plans",
        "Stored plans by state.",
        g -> sources.plans().get().forEach((state, count) -> g.call(count, word(state))),
        "state");
  }

  private void leadership() {
    gauge(
        "ballast_coordinator_term",
        "The leadership's number.",
        g -> g.call((double) sources.term()));
    gauge(
        "ballast_coordinator_may_command",
        "Whether the former leader's lease has run out, so that commands are sent.",
        g -> g.call(oneIf(sources.mayCommand().getAsBoolean())));
    gauge(
        "ballast_coordinator_lease_seconds",
        "How long after its stamp a command may still start.",
        g -> g.call(sources.leaseMillis() / MILLIS));
    gauge(
        "ballast_coordinator_store_writable",
        "Whether the last write to the store succeeded.",
        g -> g.call(oneIf(sources.storeWritable().getAsBoolean())));
    Info build =
        Info.builder()
            .name("ballast_coordinator_build_info")
            .help("The coordinator's version.")
            .labelNames("version")
            .register(registry);
    build.addLabelValues(sources.version());
  }

  private void hosts(Consumer<HostView> each) {
    sources.snapshot().get().hosts().values().forEach(each);
  }

  private static Map<String, Integer> vms(Snapshot snapshot) {
    Map<String, Integer> counts = new TreeMap<>();
    Set<VmName> found = new HashSet<>();
    for (HostView host : snapshot.hosts().values()) {
      host.domains()
          .forEach(
              (vm, domain) -> {
                found.add(vm);
                counts.merge(word(domain.state()), 1, Integer::sum);
              });
    }
    for (VmName vm : snapshot.specs().keySet()) {
      if (!found.contains(vm)) {
        counts.merge("missing", 1, Integer::sum);
      }
    }
    return counts;
  }

  private static double oneIf(boolean value) {
    return value ? 1 : 0;
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private void gauge(
      String name, String help, Consumer<GaugeWithCallback.Callback> callback, String... labels) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .callback(callback)
        .register(registry);
  }

  private Counter counter(String name, String help, String label) {
    return Counter.builder().name(name).help(help).labelNames(label).register(registry);
  }

  private Histogram histogram(String name, String help, double... bounds) {
    return Histogram.builder()
        .name(name)
        .help(help)
        .classicOnly()
        .classicUpperBounds(bounds)
        .register(registry);
  }
}

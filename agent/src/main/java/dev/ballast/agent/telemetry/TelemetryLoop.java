package dev.ballast.agent.telemetry;

import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Samples at an interval that may change, and looks for spikes in each sample. */
public final class TelemetryLoop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TelemetryLoop.class);

  /** Where samples and alerts go. */
  public record Sinks(Consumer<HostLoad> load, Consumer<CpuAlert> alert) {}

  /** What the spike detector must know of the host. */
  public record Host(
      Supplier<Map<VmName, CpuPins>> pins,
      Supplier<CpuSet> onlineCpus,
      LongSupplier capacityMillis) {}

  private final Collectors collectors;
  private final SpikeDetector detector;
  private final Host host;
  private final Sinks sinks;
  private final Object monitor = new Object();
  private long intervalMillis;
  private boolean closed;
  private @Nullable RawSample before;

  public TelemetryLoop(
      Collectors collectors, SpikeDetector detector, Host host, Sinks sinks, long intervalMillis) {
    this.collectors = collectors;
    this.detector = detector;
    this.host = host;
    this.sinks = sinks;
    this.intervalMillis = intervalMillis;
  }

  /** Begins, in the background. */
  public void start() {
    Thread.ofPlatform().daemon().name("telemetry").start(this::loop);
  }

  /** From the next sample on. */
  public void interval(long millis) {
    synchronized (monitor) {
      intervalMillis = millis;
    }
  }

  private void loop() {
    long next = System.nanoTime();
    while (true) {
      try {
        sample();
      } catch (RuntimeException e) {
        log.error("a sample failed; going on with the next", e);
      }
      synchronized (monitor) {
        next += TimeUnit.MILLISECONDS.toNanos(intervalMillis);
        long pauseMillis = (next - System.nanoTime()) / 1_000_000;
        if (pauseMillis <= 0) {
          next = System.nanoTime();
          pauseMillis = 1;
        }
        try {
          monitor.wait(pauseMillis);
        } catch (InterruptedException e) {
          return;
        }
        if (closed) {
          collectors.close();
          return;
        }
      }
    }
  }

  private void sample() {
    RawSample now = collectors.collect();
    RawSample earlier = before;
    before = now;
    if (earlier == null) {
      return;
    }
    HostLoad load = Sampler.step(earlier, now);
    sinks.load().accept(load);
    long elapsedMillis = (now.monotonicNanos() - earlier.monotonicNanos()) / 1_000_000;
    detector
        .step(
            load,
            host.pins().get(),
            host.onlineCpus().get(),
            host.capacityMillis().getAsLong(),
            elapsedMillis)
        .forEach(sinks.alert());
  }

  @Override
  public void close() {
    synchronized (monitor) {
      closed = true;
      monitor.notifyAll();
    }
  }
}

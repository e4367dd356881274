package dev.ballast.coordinator.metrics;

import dev.ballast.coordinator.config.ListenAddress;
import dev.ballast.coordinator.lifecycle.Part;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the metrics over plain HTTP, read-only. That it cannot listen is logged and stops nothing
 * else.
 */
public final class MetricsEndpoint implements Part {
  /** So many scrapes are answered at once. */
  static final int THREAD_LIMIT = 2;

  /** So many wait; further ones are turned away. */
  static final int QUEUE_LIMIT = 16;

  private static final Logger log = LoggerFactory.getLogger(MetricsEndpoint.class);

  private final Optional<ListenAddress> listen;
  private final PrometheusRegistry registry;
  private @Nullable HTTPServer server;

  public MetricsEndpoint(Optional<ListenAddress> listen, PrometheusRegistry registry) {
    this.listen = listen;
    this.registry = registry;
  }

  @Override
  public synchronized void start() {
    if (listen.isEmpty()) {
      return;
    }
    ListenAddress at = listen.get();
    try {
      server =
          HTTPServer.builder()
              .hostname(at.address())
              .port(at.port())
              .registry(registry)
              .executorService(threads())
              .buildAndStart();
      log.info("metrics on http://{}/metrics", at);
    } catch (IOException | IllegalArgumentException e) {
      log.error(
          "no metrics: cannot listen on {}: {}; set metrics.listen to a free address of this host",
          at,
          e.getMessage());
    }
  }

  private static ThreadPoolExecutor threads() {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            THREAD_LIMIT,
            THREAD_LIMIT,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE_LIMIT),
            Thread.ofPlatform().daemon().name("metrics-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  @Override
  public synchronized void close() {
    if (server != null) {
      server.stop();
      server = null;
    }
  }
}

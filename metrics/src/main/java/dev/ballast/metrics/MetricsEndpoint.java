package dev.ballast.metrics;

import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the metrics over plain HTTP, read-only. That it cannot listen is logged and stops nothing
 * else.
 */
public final class MetricsEndpoint implements AutoCloseable {
  /** So many scrapes are answered at once. */
  static final int THREAD_LIMIT = 2;

  /** So many wait; further ones are turned away. */
  static final int QUEUE_LIMIT = 16;

  private static final Logger log = LoggerFactory.getLogger(MetricsEndpoint.class);

  private final Optional<InetSocketAddress> listen;
  private final Supplier<PrometheusRegistry> registry;
  private @Nullable HTTPServer server;

  /**
   * @param listen where; nowhere when empty
   * @param registry asked once, and only when metrics are served
   */
  public MetricsEndpoint(
      Optional<InetSocketAddress> listen, Supplier<PrometheusRegistry> registry) {
    this.listen = listen;
    this.registry = registry;
  }

  /** Begins to listen, if the configuration says where. */
  public synchronized void start() {
    if (listen.isEmpty()) {
      return;
    }
    InetSocketAddress at = listen.get();
    try {
      server =
          HTTPServer.builder()
              .hostname(at.getHostString())
              .port(at.getPort())
              .registry(registry.get())
              .executorService(threads())
              .buildAndStart();
      log.info("metrics on http://{}:{}/metrics", at.getHostString(), at.getPort());
    } catch (IOException | IllegalArgumentException e) {
      log.error(
          "no metrics: cannot listen on {}:{}: {}; set metrics.listen to a free address of this host",
          at.getHostString(),
          at.getPort(),
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

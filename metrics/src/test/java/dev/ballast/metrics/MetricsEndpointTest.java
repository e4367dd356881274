package dev.ballast.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MetricsEndpointTest {
  private static PrometheusRegistry registry() {
    PrometheusRegistry registry = new PrometheusRegistry();
    Gauge.builder().name("here").register(registry).set(1);
    return registry;
  }

  private static String get(int port) throws IOException {
    URI uri = URI.create("http://127.0.0.1:" + port + "/metrics");
    try (InputStream in = uri.toURL().openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void answersWhereItIsToldUntilItIsClosed() throws IOException {
    int port = freePort();
    try (MetricsEndpoint endpoint =
        new MetricsEndpoint(
            Optional.of(InetSocketAddress.createUnresolved("127.0.0.1", port)),
            MetricsEndpointTest::registry)) {
      endpoint.start();
      assertThat(get(port)).contains("here 1.0");
    }
    try (ServerSocket again = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(again.isBound()).isTrue();
    }
  }

  @Test
  void aTakenPortStopsNothingElse() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        MetricsEndpoint endpoint =
            new MetricsEndpoint(
                Optional.of(InetSocketAddress.createUnresolved("127.0.0.1", taken.getLocalPort())),
                MetricsEndpointTest::registry)) {
      endpoint.start();
      assertThat(taken.isClosed()).isFalse();
    }
  }

  @Test
  void withoutAnAddressNothingIsEvenMade() {
    try (MetricsEndpoint endpoint =
        new MetricsEndpoint(Optional.empty(), () -> fail("a registry is made"))) {
      endpoint.start();
    }
  }
}

package dev.ballast.coordinator.metrics;

import dev.ballast.coordinator.lifecycle.Part;
import dev.ballast.metrics.MetricsEndpoint;

/** The endpoint of the metrics as a part of the coordinator. */
public record MetricsPart(MetricsEndpoint endpoint) implements Part {
  @Override
  public void start() {
    endpoint.start();
  }

  @Override
  public void close() {
    endpoint.close();
  }
}

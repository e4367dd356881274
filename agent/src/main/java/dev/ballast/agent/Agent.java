package dev.ballast.agent;

import com.google.inject.Inject;
import dev.ballast.agent.command.CommandPipeline;
import dev.ballast.agent.command.Restoration;
import dev.ballast.agent.host.libvirt.LibvirtConnection;
import dev.ballast.agent.host.libvirt.NativeCalls;
import dev.ballast.agent.host.ovs.OvsdbClient;
import dev.ballast.agent.host.systemd.SystemdNotifier;
import dev.ballast.agent.observation.HostObserver;
import dev.ballast.agent.outbox.Outbox;
import dev.ballast.agent.stream.AgentStream;
import dev.ballast.agent.telemetry.GuestClocks;
import dev.ballast.agent.telemetry.TelemetryLoop;
import dev.ballast.core.model.Capability;
import dev.ballast.metrics.MetricsEndpoint;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The running daemon: starts its parts in order and ends them in reverse. Guests are never touched.
 */
final class Agent {
  /**
   * How long a result waits for the observation that it led to: a host that is only slow tells of
   * the change before its result, so that a plan made on the result sees it.
   */
  private static final Duration OBSERVATION_LIMIT = Duration.ofSeconds(15);

  /** The same while libvirt does not answer. */
  private static final Duration LAME_OBSERVATION_LIMIT = Duration.ofSeconds(2);

  /** How long the first observation may take before the stream begins without it. */
  private static final Duration FIRST_OBSERVATION_LIMIT = Duration.ofSeconds(5);

  private static final long ALIVE_SECONDS = 10;

  private final LibvirtConnection libvirt;
  private final NativeCalls nativeCalls;
  private final OvsdbClient ovs;
  private final HostObserver observer;
  private final TelemetryLoop telemetry;
  private final GuestClocks clocks;
  private final Restoration restoration;
  private final CommandPipeline pipeline;
  private final Outbox outbox;
  private final AgentStream stream;
  private final MetricsEndpoint metrics;
  private final SystemdNotifier systemd;
  private final CountDownLatch stopped = new CountDownLatch(1);

  @Inject
  Agent(
      LibvirtConnection libvirt,
      NativeCalls nativeCalls,
      OvsdbClient ovs,
      HostObserver observer,
      TelemetryLoop telemetry,
      GuestClocks clocks,
      Restoration restoration,
      CommandPipeline pipeline,
      Outbox outbox,
      AgentStream stream,
      MetricsEndpoint metrics,
      SystemdNotifier systemd) {
    this.libvirt = libvirt;
    this.nativeCalls = nativeCalls;
    this.ovs = ovs;
    this.observer = observer;
    this.telemetry = telemetry;
    this.clocks = clocks;
    this.restoration = restoration;
    this.pipeline = pipeline;
    this.outbox = outbox;
    this.stream = stream;
    this.metrics = metrics;
    this.systemd = systemd;
  }

  void start() {
    outbox.beforeResult(() -> observer.refreshWithin(observationLimit()));
    libvirt.start();
    ovs.start();
    restoration.run();
    observer.start();
    observer.refreshWithin(FIRST_OBSERVATION_LIMIT);
    telemetry.start();
    clocks.start();
    pipeline.start();
    stream.start();
    metrics.start();
    systemd.ready();
  }

  private Duration observationLimit() {
    return observer.latest().lacks().containsKey(Capability.LIBVIRT)
        ? LAME_OBSERVATION_LIMIT
        : OBSERVATION_LIMIT;
  }

  /** Returns when {@link #stop} was called; tells systemd meanwhile that the agent is alive. */
  void awaitStop() throws InterruptedException {
    while (!stopped.await(ALIVE_SECONDS, TimeUnit.SECONDS)) {
      systemd.alive();
    }
  }

  void stop() {
    systemd.stopping();
    metrics.close();
    stream.close();
    pipeline.close();
    clocks.close();
    telemetry.close();
    observer.close();
    ovs.close();
    libvirt.close();
    nativeCalls.close();
    stopped.countDown();
  }
}

package dev.ballast.coordinator.gateway;

import dev.ballast.coordinator.cluster.Cluster;
import dev.ballast.coordinator.leadership.Leadership;
import dev.ballast.coordinator.store.CommandStore;
import dev.ballast.coordinator.store.StoredCommand;
import dev.ballast.core.model.HostName;
import dev.ballast.v1.AgentGatewayGrpc;
import dev.ballast.v1.AgentMessage;
import dev.ballast.v1.ConfirmReply;
import dev.ballast.v1.ConfirmRequest;
import dev.ballast.v1.CoordinatorMessage;
import dev.ballast.v1.Welcome;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server's end of the agents' streams. */
public final class AgentGatewayService extends AgentGatewayGrpc.AgentGatewayImplBase
    implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AgentGatewayService.class);
  private static final long RENEWALS_PER_LEASE = 10;

  private final Cluster cluster;
  private final CommandStore commands;
  private final Leadership leadership;
  private final AgentSessions sessions;
  private final GatewaySettings settings;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final ScheduledExecutorService ticker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("gateway-ticker").daemon(true).factory());

  public AgentGatewayService(
      Cluster cluster,
      CommandStore commands,
      Leadership leadership,
      AgentSessions sessions,
      GatewaySettings settings,
      Clock clock,
      LongSupplier nanoTime) {
    this.cluster = cluster;
    this.commands = commands;
    this.leadership = leadership;
    this.sessions = sessions;
    this.settings = settings;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  /** Begins to renew leases and to watch for silence. */
  public void start() {
    long periodMillis = leadership.leaseMillis() / RENEWALS_PER_LEASE;
    var _ =
        ticker.scheduleWithFixedDelay(
            this::tick, periodMillis, periodMillis, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    try {
      sessions.tick();
    } catch (RuntimeException e) {
      log.error("leases are not renewed this time", e);
    }
  }

  @Override
  public StreamObserver<AgentMessage> connect(StreamObserver<CoordinatorMessage> responses) {
    var call = (ServerCallStreamObserver<CoordinatorMessage>) responses;
    return new AgentStream(this, call, PeerInterceptor.peer());
  }

  @Override
  public void confirm(ConfirmRequest request, StreamObserver<ConfirmReply> responses) {
    Optional<Status> objection =
        Confirmations.objection(
            request,
            PeerInterceptor.peer(),
            leadership.mayCommand(),
            leadership.term().value(),
            this::outstanding);
    if (objection.isPresent()) {
      log.info(
          "command {} of host {} is not confirmed: {}",
          request.getCommandId(),
          request.getHost(),
          objection.get().getDescription());
      responses.onError(objection.get().asRuntimeException());
      return;
    }
    log.info("command {} of host {} is confirmed", request.getCommandId(), request.getHost());
    responses.onNext(
        ConfirmReply.newBuilder()
            .setNonce(request.getNonce())
            .setCommandId(request.getCommandId())
            .build());
    responses.onCompleted();
  }

  Cluster cluster() {
    return cluster;
  }

  AgentSessions sessions() {
    return sessions;
  }

  HelloCheck helloCheck() {
    return new HelloCheck(leadership);
  }

  long nowNanos() {
    return nanoTime.getAsLong();
  }

  long nowEpochMillis() {
    return clock.millis();
  }

  Welcome welcome(int contractVersion) {
    return Welcome.newBuilder()
        .setTerm(leadership.term().value())
        .setContractVersion(contractVersion)
        .setCluster(settings.cluster())
        .setTelemetryIntervalMillis(settings.telemetryIntervalMillis())
        .setLeaseMillis(leadership.leaseMillis())
        .build();
  }

  List<Long> outstanding(HostName host) {
    return commands.outstanding(host).stream().map(StoredCommand::id).toList();
  }

  @Override
  public void close() {
    ticker.shutdownNow();
    sessions.closeAll();
  }
}

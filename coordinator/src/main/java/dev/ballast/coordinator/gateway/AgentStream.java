package dev.ballast.coordinator.gateway;

import dev.ballast.coordinator.cluster.ClusterEvent;
import dev.ballast.coordinator.cluster.ClusterEvent.AgentConnected;
import dev.ballast.coordinator.cluster.ClusterEvent.AlertRaised;
import dev.ballast.coordinator.cluster.ClusterEvent.CommandReceived;
import dev.ballast.coordinator.cluster.ClusterEvent.FreezeReported;
import dev.ballast.coordinator.cluster.ClusterEvent.ObservationReported;
import dev.ballast.coordinator.cluster.ClusterEvent.OutcomeReported;
import dev.ballast.coordinator.cluster.ClusterEvent.ProgressReported;
import dev.ballast.coordinator.cluster.ClusterEvent.TelemetryReported;
import dev.ballast.coordinator.store.StoreException;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmName;
import dev.ballast.v1.AgentMessage;
import dev.ballast.v1.CommandOutcome;
import dev.ballast.v1.CoordinatorMessage;
import dev.ballast.v1.FreezeState;
import dev.ballast.wire.ModelCodec;
import dev.ballast.wire.ObservationCodec;
import dev.ballast.wire.OutcomeCodec;
import dev.ballast.wire.PeerIdentity;
import dev.ballast.wire.ProgressCodec;
import dev.ballast.wire.WireException;
import dev.ballast.wire.WireLimits;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one agent says, message by message: the next one is asked for when the one before is done
 * with, so a busy coordinator slows its agents down instead of filling up.
 */
final class AgentStream implements StreamObserver<AgentMessage> {
  private static final Logger log = LoggerFactory.getLogger(AgentStream.class);

  private final AgentGatewayService gateway;
  private final ServerCallStreamObserver<CoordinatorMessage> call;
  private final SendQueue queue;
  private final Optional<PeerIdentity> peer;
  private volatile @Nullable AgentSession session;

  AgentStream(
      AgentGatewayService gateway,
      ServerCallStreamObserver<CoordinatorMessage> call,
      Optional<PeerIdentity> peer) {
    this.gateway = gateway;
    this.call = call;
    this.queue = new SendQueue(call);
    this.peer = peer;
    call.disableAutoRequest();
    call.setOnReadyHandler(queue::drain);
    call.setOnCancelHandler(() -> end(Status.CANCELLED, "its connection ended"));
    call.request(1);
  }

  @Override
  public void onNext(AgentMessage message) {
    try {
      take(message);
      call.request(1);
    } catch (StatusRuntimeException e) {
      log.warn("refused {}: {}", name(), e.getStatus().getDescription());
      end(e.getStatus(), String.valueOf(e.getStatus().getDescription()));
    } catch (WireException | IllegalArgumentException e) {
      log.warn("{} sent what makes no sense: {}", name(), e.getMessage());
      end(Status.INVALID_ARGUMENT.withDescription(e.getMessage()), "it sent " + e.getMessage());
    } catch (RuntimeException e) {
      log.error("failed on a message of {}", name(), e);
      end(Status.INTERNAL.withDescription("the coordinator failed; see its log"), "" + e);
    }
  }

  private String name() {
    AgentSession current = session;
    return current == null
        ? peer.map(PeerIdentity::toString).orElse("an agent")
        : "host " + current.host();
  }

  private void take(AgentMessage message) {
    if (message.getSerializedSize() > WireLimits.AGENT_MESSAGE_BYTES) {
      throw Status.RESOURCE_EXHAUSTED
          .withDescription(
              "a message has "
                  + message.getSerializedSize()
                  + " bytes, at most "
                  + WireLimits.AGENT_MESSAGE_BYTES
                  + " are taken")
          .asRuntimeException();
    }
    AgentSession current = session;
    if (current == null) {
      greet(message);
    } else {
      current.heard(message.getStampMillis(), gateway.nowNanos());
      hear(current, message);
    }
  }

  private void greet(AgentMessage message) {
    if (!message.hasHello()) {
      throw Status.FAILED_PRECONDITION
          .withDescription("the first message must be a hello")
          .asRuntimeException();
    }
    AgentConnected connected = gateway.helloCheck().check(message.getHello(), peer);
    AgentSession created =
        new AgentSession(
            connected.host(),
            connected.agent(),
            queue,
            message.getStampMillis(),
            gateway.nowNanos());
    gateway.sessions().register(created);
    session = created;
    try {
      submitAndWait(connected);
      created.welcome(
          gateway.welcome(connected.agent().contractVersion()),
          gateway.outstanding(connected.host()));
    } catch (StoreException e) {
      throw Status.UNAVAILABLE.withDescription(e.getMessage()).asRuntimeException();
    }
  }

  private void hear(AgentSession current, AgentMessage message) {
    HostName host = current.host();
    switch (message.getMessageCase()) {
      case TELEMETRY ->
          submit(
              current,
              new TelemetryReported(host, ModelCodec.fromProto(message.getTelemetry().getLoad())));
      case ALERT ->
          submit(
              current,
              new AlertRaised(
                  host, ModelCodec.fromProto(message.getAlert()), gateway.nowEpochMillis()));
      case OUTCOME -> outcome(current, message.getOutcome());
      case OBSERVATION ->
          submit(
              current,
              new ObservationReported(host, ObservationCodec.fromProto(message.getObservation())));
      case FREEZE -> submit(current, freeze(host, message.getFreeze()));
      case RECEIVED ->
          submit(current, new CommandReceived(host, message.getReceived().getCommandId()));
      case PROGRESS ->
          submit(
              current, new ProgressReported(host, ProgressCodec.fromProto(message.getProgress())));
      case DOMAIN_ANSWER -> gateway.sessions().answered(host, message.getDomainAnswer());
      case HELLO ->
          throw Status.FAILED_PRECONDITION
              .withDescription("a second hello on one stream")
              .asRuntimeException();
      // Of a newer agent, and no answer to anything that this coordinator asked.
      case MESSAGE_NOT_SET -> log.debug("host {} sent a message of an unknown kind", host);
    }
  }

  private static FreezeReported freeze(HostName host, FreezeState freeze) {
    return new FreezeReported(
        host,
        freeze.getHostFrozen(),
        new TreeSet<>(freeze.getFrozenVmsList().stream().map(VmName::new).toList()));
  }

  // Acknowledged only when stored. While the store cannot, the stream ends: the agent keeps the
  // outcome and reports it again.
  private void outcome(AgentSession current, CommandOutcome outcome) {
    if (!gateway.sessions().isCurrent(current)) {
      return;
    }
    try {
      submitAndWait(
          new OutcomeReported(
              current.host(),
              outcome.getCommandId(),
              outcome.getTerm(),
              OutcomeCodec.fromProto(outcome.getOutcomesList())));
    } catch (StoreException e) {
      throw Status.UNAVAILABLE.withDescription(e.getMessage()).asRuntimeException();
    }
    if (!current.acknowledge(outcome.getCommandId())) {
      throw Status.RESOURCE_EXHAUSTED
          .withDescription("the agent does not read what it is sent")
          .asRuntimeException();
    }
  }

  private void submit(AgentSession current, ClusterEvent event) {
    if (gateway.sessions().isCurrent(current)) {
      var _ = gateway.cluster().submit(event);
    }
  }

  private void submitAndWait(ClusterEvent event) {
    try {
      gateway.cluster().submit(event).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  @Override
  public void onError(Throwable problem) {
    end(Status.CANCELLED, "its connection ended");
  }

  @Override
  public void onCompleted() {
    end(Status.OK, "its agent said goodbye");
  }

  private void end(Status status, String reason) {
    AgentSession current = session;
    if (current == null) {
      queue.close(status);
    } else {
      gateway.sessions().end(current, status, reason);
    }
  }
}

package dev.ballast.agent.stream;

import dev.ballast.agent.command.Confirmer;
import dev.ballast.agent.config.AgentConfig;
import dev.ballast.v1.AgentGatewayGrpc;
import dev.ballast.v1.ConfirmReply;
import dev.ballast.v1.ConfirmRequest;
import dev.ballast.wire.TlsException;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Asks for a confirmation by a call over a new TCP connection, which ends with the call. */
public final class ConfirmationCall implements Confirmer {
  private final AgentConfig config;

  public ConfirmationCall(AgentConfig config) {
    this.config = config;
  }

  @Override
  public Optional<String> ask(long commandId, long term, String nonce, Duration within)
      throws InterruptedException {
    EventLoopGroup eventLoop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      ManagedChannel channel = CoordinatorChannel.open(config, eventLoop);
      try {
        ConfirmReply reply =
            AgentGatewayGrpc.newBlockingStub(channel)
                .withDeadlineAfter(within.toMillis(), TimeUnit.MILLISECONDS)
                .confirm(request(commandId, term, nonce));
        return reply.getNonce().equals(nonce) && reply.getCommandId() == commandId
            ? Optional.empty()
            : Optional.of("the coordinator returned something else than the nonce");
      } finally {
        channel.shutdownNow();
      }
    } catch (TlsException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (StatusRuntimeException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      return Optional.of(reason(e.getStatus()));
    } finally {
      var _ = eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private ConfirmRequest request(long commandId, long term, String nonce) {
    return ConfirmRequest.newBuilder()
        .setHost(config.host().value())
        .setCommandId(commandId)
        .setTerm(term)
        .setNonce(nonce)
        .build();
  }

  private String reason(Status status) {
    if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
      return "coordinator " + config.coordinator() + " does not answer";
    }
    return "coordinator "
        + config.coordinator()
        + ": "
        + status.getCode()
        + (status.getDescription() == null ? "" : ": " + status.getDescription());
  }
}

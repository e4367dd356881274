package dev.ballast.coordinator.cli;

import dev.ballast.v1.OperatorApiGrpc;
import dev.ballast.v1.OperatorApiGrpc.OperatorApiBlockingStub;
import dev.ballast.wire.WireLimits;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** A command's connection to the coordinator; every fault of a call becomes a CliException. */
final class Session implements AutoCloseable {
  private final Surroundings surroundings;
  private final ManagedChannel channel;
  private final ConnectionFault faults;
  private final int timeoutSeconds;

  Session(Surroundings surroundings, ServerTarget target, int timeoutSeconds) {
    this.surroundings = surroundings;
    this.timeoutSeconds = timeoutSeconds;
    this.faults = new ConnectionFault(target);
    this.channel = surroundings.connector().connect(target);
  }

  Surroundings surroundings() {
    return surroundings;
  }

  Terminal terminal() {
    return surroundings.terminal();
  }

  private OperatorApiBlockingStub stub() {
    return OperatorApiGrpc.newBlockingStub(channel)
        .withMaxInboundMessageSize(WireLimits.OPERATOR_MESSAGE_BYTES)
        .withMaxOutboundMessageSize(WireLimits.OPERATOR_MESSAGE_BYTES);
  }

  /** One question, answered within the timeout. */
  <T> T call(Function<OperatorApiBlockingStub, T> call) {
    try {
      return call.apply(stub().withDeadlineAfter(timeoutSeconds, TimeUnit.SECONDS));
    } catch (StatusRuntimeException e) {
      throw faults.explain(e);
    }
  }

  /** A stream that must end within the timeout. */
  <T> void stream(
      Function<OperatorApiBlockingStub, Iterator<T>> call, Consumer<? super T> consumer) {
    drain(call, stub().withDeadlineAfter(timeoutSeconds, TimeUnit.SECONDS), consumer);
  }

  /** A stream that ends when its matter ends, however long that takes. */
  <T> void follow(
      Function<OperatorApiBlockingStub, Iterator<T>> call, Consumer<? super T> consumer) {
    drain(call, stub(), consumer);
  }

  private <T> void drain(
      Function<OperatorApiBlockingStub, Iterator<T>> call,
      OperatorApiBlockingStub stub,
      Consumer<? super T> consumer) {
    try {
      call.apply(stub).forEachRemaining(consumer);
    } catch (StatusRuntimeException e) {
      throw faults.explain(e);
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}

package dev.ballast.coordinator.gateway;

import dev.ballast.coordinator.Fixtures;
import dev.ballast.core.action.Outcome;
import dev.ballast.v1.AgentGatewayGrpc;
import dev.ballast.v1.AgentMessage;
import dev.ballast.v1.CommandOutcome;
import dev.ballast.v1.CoordinatorMessage;
import dev.ballast.v1.Hello;
import dev.ballast.wire.ModelCodec;
import dev.ballast.wire.ObservationCodec;
import dev.ballast.wire.OutcomeCodec;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** One stream of an agent, driven by hand. */
final class FakeAgent implements ClientResponseObserver<AgentMessage, CoordinatorMessage> {
  private final List<CoordinatorMessage> received = new CopyOnWriteArrayList<>();
  private volatile ClientCallStreamObserver<AgentMessage> out;
  private volatile Status status;
  private final boolean reads;
  private long stampMillis = 1_000;

  private FakeAgent(boolean reads) {
    this.reads = reads;
  }

  static FakeAgent connect(ManagedChannel channel) {
    return connect(channel, true);
  }

  /** One that reads nothing unless it is told to has a full stream soon. */
  static FakeAgent connect(ManagedChannel channel, boolean reads) {
    FakeAgent agent = new FakeAgent(reads);
    var _ = AgentGatewayGrpc.newStub(channel).connect(agent);
    return agent;
  }

  static Hello.Builder hello(String host) {
    return Hello.newBuilder()
        .setHost(host)
        .setContractVersion(1)
        .setOldestContractVersion(1)
        .setAgentVersion("1.0")
        .setBootId("boot-1")
        .setInventory(ModelCodec.toProto(Fixtures.inventory()))
        .setObservation(ObservationCodec.toProto(Fixtures.observation(1)));
  }

  void send(AgentMessage.Builder message) {
    stampMillis += 10;
    out.onNext(message.setStampMillis(stampMillis).build());
  }

  void greet(Hello.Builder hello) {
    send(AgentMessage.newBuilder().setHello(hello));
  }

  void report(long commandId, Outcome outcome) {
    send(
        AgentMessage.newBuilder()
            .setOutcome(
                CommandOutcome.newBuilder()
                    .setCommandId(commandId)
                    .setTerm(1)
                    .addOutcomes(OutcomeCodec.toProto(outcome))));
  }

  long stampMillis() {
    return stampMillis;
  }

  /** The first message of that kind, once it is there. */
  CoordinatorMessage await(Predicate<CoordinatorMessage> kind) {
    return Awaitility.await()
        .until(() -> received.stream().filter(kind).findFirst(), java.util.Optional::isPresent)
        .orElseThrow();
  }

  List<CoordinatorMessage> received() {
    return received;
  }

  /** How the stream ended, once it did. */
  Status awaitEnd() {
    return Awaitility.await().until(() -> status, s -> s != null);
  }

  boolean hasEnded() {
    return status != null;
  }

  void cut() {
    out.cancel("cut by the test", null);
  }

  void complete() {
    out.onCompleted();
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<AgentMessage> requestStream) {
    out = requestStream;
    if (!reads) {
      requestStream.disableAutoRequestWithInitial(0);
    }
  }

  @Override
  public void onNext(CoordinatorMessage message) {
    received.add(message);
  }

  @Override
  public void onError(Throwable t) {
    status = Status.fromThrowable(t);
  }

  @Override
  public void onCompleted() {
    status = Status.OK;
  }
}

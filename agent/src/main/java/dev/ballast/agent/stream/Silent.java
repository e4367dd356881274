package dev.ballast.agent.stream;

import dev.ballast.v1.AgentMessage;
import io.grpc.stub.ClientCallStreamObserver;
import org.jspecify.annotations.Nullable;

/** The requests of a stream that has not begun: takes nothing. */
final class Silent extends ClientCallStreamObserver<AgentMessage> {
  private Silent() {}

  static ClientCallStreamObserver<AgentMessage> observer() {
    return new Silent();
  }

  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {}

  @Override
  public boolean isReady() {
    return false;
  }

  @Override
  public void setOnReadyHandler(Runnable handler) {}

  @Override
  public void request(int count) {}

  @Override
  public void setMessageCompression(boolean enable) {}

  @Override
  public void disableAutoInboundFlowControl() {}

  @Override
  public void onNext(AgentMessage message) {}

  @Override
  public void onError(Throwable failure) {}

  @Override
  public void onCompleted() {}
}

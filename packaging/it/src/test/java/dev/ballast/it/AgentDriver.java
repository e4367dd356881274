package dev.ballast.it;

import com.google.protobuf.util.JsonFormat;
import dev.ballast.v1.AgentGatewayGrpc;
import dev.ballast.v1.AgentMessage;
import dev.ballast.v1.CoordinatorMessage;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.ClientAuth;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;

/**
 * A coordinator reduced to its stream: prints each message of the agent as a line of JSON and sends
 * each line of JSON that it reads; at the line {@code cut} it drops all connections and listens
 * anew. It is a process of its own because it must stand in the lab's network while the tests stand
 * outside.
 *
 * <p>Arguments: address, port, CA file, certificate file, key file. Ends when its input ends.
 */
public final class AgentDriver extends AgentGatewayGrpc.AgentGatewayImplBase {
  /** The line that drops all connections. */
  static final String CUT = "cut";

  private static final int ATTEMPTS = 5;
  private static final int PATIENCE_SECONDS = 30;

  /** The newest first. */
  private final BlockingDeque<StreamObserver<CoordinatorMessage>> agents =
      new LinkedBlockingDeque<>();

  private final PrintStream out;

  private AgentDriver(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    AgentDriver driver = new AgentDriver(out);
    Server server = driver.listen(arguments);
    out.println("{\"listening\":true}");
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.equals(CUT)) {
          server.shutdownNow().awaitTermination();
          driver.agents.clear();
          server = driver.listen(arguments);
        } else {
          driver.send(line);
        }
      }
    }
    server.shutdownNow();
    System.exit(0);
  }

  private Server listen(String[] arguments) throws IOException {
    return NettyServerBuilder.forAddress(
            new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])))
        .sslContext(
            GrpcSslContexts.forServer(
                    Path.of(arguments[3]).toFile(), Path.of(arguments[4]).toFile())
                .trustManager(Path.of(arguments[2]).toFile())
                .clientAuth(ClientAuth.REQUIRE)
                .protocols("TLSv1.3")
                .build())
        .addService(this)
        .build()
        .start();
  }

  /** To the agent, or to the one that comes after a lost connection; agents know repeated ids. */
  private void send(String line) throws IOException, InterruptedException {
    CoordinatorMessage.Builder message = CoordinatorMessage.newBuilder();
    JsonFormat.parser().merge(line, message);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      StreamObserver<CoordinatorMessage> stream = agents.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (stream == null) {
        break;
      }
      try {
        stream.onNext(message.build());
        agents.offerFirst(stream);
        return;
      } catch (StatusRuntimeException e) {
        out.println("{\"lost\":true}");
      }
    }
    out.println("{\"error\":\"no agent is connected\"}");
  }

  @Override
  public StreamObserver<AgentMessage> connect(StreamObserver<CoordinatorMessage> responses) {
    agents.offerFirst(responses);
    return new StreamObserver<>() {
      @Override
      public void onNext(AgentMessage message) {
        try {
          out.println(JsonFormat.printer().omittingInsignificantWhitespace().print(message));
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      }

      @Override
      public void onError(Throwable failure) {
        agents.remove(responses);
        out.println("{\"lost\":true}");
      }

      @Override
      public void onCompleted() {
        responses.onCompleted();
      }
    };
  }
}

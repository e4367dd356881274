package dev.ballast.agent.host.ovs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One JSON-RPC connection to ovsdb-server. A call that is not answered in time closes it, so that
 * no late answer is ever taken for another's.
 */
final class OvsdbConnection implements AutoCloseable {
  /** The largest message that is taken. */
  static final int MESSAGE_LIMIT_BYTES = 4 << 20;

  /** At most so many calls wait for an answer at once. */
  static final int CALL_LIMIT = 64;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final SocketChannel channel;
  private final Duration timeout;
  private final Runnable updated;
  private final JsonFrames frames;
  private final AtomicLong lastId = new AtomicLong();
  private final Map<Long, CompletableFuture<JsonNode>> open = new ConcurrentHashMap<>();

  private OvsdbConnection(SocketChannel channel, Duration timeout, Runnable updated) {
    this.channel = channel;
    this.timeout = timeout;
    this.updated = updated;
    this.frames = new JsonFrames(Channels.newInputStream(channel), MESSAGE_LIMIT_BYTES);
  }

  /**
   * Connects.
   *
   * @param updated told whenever the server sends a change
   */
  static OvsdbConnection open(Path socket, Duration timeout, Runnable updated) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    return new OvsdbConnection(channel, timeout, updated);
  }

  /** Serves the connection until it ends: answers and echoes; the caller's thread. */
  void read() throws IOException {
    try {
      while (true) {
        take(JSON.readTree(frames.next()));
      }
    } finally {
      close();
    }
  }

  private void take(JsonNode message) throws IOException {
    String method = message.path("method").asText("");
    if (method.equals("echo")) {
      send(
          JSON.createObjectNode()
              .<ObjectNode>set("result", message.path("params"))
              .<ObjectNode>set("id", message.path("id"))
              .putNull("error"));
    } else if (method.equals("update")) {
      updated.run();
    } else if (message.path("id").canConvertToLong()) {
      CompletableFuture<JsonNode> call = open.remove(message.path("id").asLong());
      if (call != null) {
        call.complete(message);
      }
    }
  }

  /** The answer's result. */
  JsonNode call(String method, ArrayNode parameters) throws OvsdbFault {
    JsonNode answer = await(begin(method, parameters), method);
    JsonNode error = answer.path("error");
    if (!error.isMissingNode() && !error.isNull()) {
      throw OvsdbFault.refused(method + " was refused: " + error);
    }
    return answer.path("result");
  }

  /** Sends a call whose answer comes later. */
  CompletableFuture<JsonNode> begin(String method, ArrayNode parameters) throws OvsdbFault {
    if (open.size() >= CALL_LIMIT) {
      throw OvsdbFault.unreachable(CALL_LIMIT + " calls wait for ovsdb-server already");
    }
    long id = lastId.incrementAndGet();
    CompletableFuture<JsonNode> call = new CompletableFuture<>();
    open.put(id, call);
    var _ =
        call.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (answer, failure) -> {
                  open.remove(id);
                  if (failure != null) {
                    close();
                  }
                });
    try {
      send(
          JSON.createObjectNode()
              .put("method", method)
              .<ObjectNode>set("params", parameters)
              .put("id", id));
    } catch (IOException e) {
      call.cancel(false);
      throw OvsdbFault.unreachable("ovsdb-server: " + e.getMessage());
    }
    return call;
  }

  private JsonNode await(CompletableFuture<JsonNode> call, String method) throws OvsdbFault {
    try {
      return call.get();
    } catch (ExecutionException | CancellationException e) {
      throw OvsdbFault.unreachable(
          "ovsdb-server did not answer " + method + " within " + timeout.toMillis() + " ms");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw OvsdbFault.unreachable("interrupted while ovsdb-server works on " + method);
    }
  }

  private void send(JsonNode message) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(message));
    synchronized (channel) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // It is gone all the same.
      open.clear();
    }
    open.values().forEach(call -> call.cancel(false));
    open.clear();
  }
}

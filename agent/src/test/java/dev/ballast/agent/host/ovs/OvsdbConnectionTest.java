package dev.ballast.agent.host.ovs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The protocol against a server written by hand. */
class OvsdbConnectionTest {
  @TempDir Path directory;

  private ServerSocketChannel listener;
  private SocketChannel server;
  private JsonFrames received;
  private OvsdbConnection connection;
  private final AtomicInteger updates = new AtomicInteger();

  @BeforeEach
  void connect() throws IOException {
    Path socket = directory.resolve("db.sock");
    listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(socket));
    connection = OvsdbConnection.open(socket, Duration.ofMillis(500), updates::incrementAndGet);
    server = listener.accept();
    received = new JsonFrames(Channels.newInputStream(server), 10_000);
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                connection.read();
              } catch (IOException e) {
                // The connection ended, as tests want it to.
                updates.get();
              }
            });
  }

  @AfterEach
  void close() throws IOException {
    connection.close();
    server.close();
    listener.close();
  }

  private void send(String json) throws IOException {
    server.write(ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)));
  }

  private String next() throws IOException {
    return new String(received.next(), StandardCharsets.UTF_8);
  }

  @Test
  void echoesAndTellsOfUpdates() throws IOException {
    send("{\"method\":\"update\",\"params\":[null,{}],\"id\":null}");
    send("{\"method\":\"echo\",\"params\":[\"x\"],\"id\":\"echo\"}");

    assertThat(next())
        .contains("\"result\":[\"x\"]")
        .contains("\"id\":\"echo\"")
        .contains("\"error\":null");
    assertThat(updates).hasValue(1);
  }

  @Test
  void anErrorAnswerIsARefusal() throws IOException {
    answer("{\"id\":1,\"result\":null,\"error\":{\"error\":\"syntax error\"}}");

    assertThatThrownBy(() -> connection.call("transact", JsonNodeFactory.instance.arrayNode()))
        .isInstanceOfSatisfying(OvsdbFault.class, fault -> assertThat(fault.isRefused()).isTrue())
        .hasMessageContaining("syntax error");
  }

  private void answer(String json) {
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                next();
                send(json);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
  }

  @Test
  void aCallThatIsNotAnsweredEndsTheConnection() {
    assertThatThrownBy(() -> connection.call("transact", JsonNodeFactory.instance.arrayNode()))
        .isInstanceOfSatisfying(OvsdbFault.class, fault -> assertThat(fault.isRefused()).isFalse());
    assertThatThrownBy(
            () -> {
              next();
              next();
            })
        .isInstanceOf(EOFException.class);
  }

  @Test
  void aClosedSocketFailsTheCallAtOnce() throws IOException {
    server.close();

    assertThatThrownBy(() -> connection.call("transact", JsonNodeFactory.instance.arrayNode()))
        .isInstanceOf(OvsdbFault.class);
  }

  @Test
  void objectsAreCutWhereverTheyEndAndBounded() throws IOException {
    InputStream stream =
        new ByteArrayInputStream(
            "{\"a\":\"}\\\"{\"} \n{\"b\":[{}]}{\"c\":\"0123456789\"}"
                .getBytes(StandardCharsets.UTF_8));
    JsonFrames frames = new JsonFrames(stream, 15);

    assertThat(new String(frames.next(), StandardCharsets.UTF_8)).isEqualTo("{\"a\":\"}\\\"{\"}");
    assertThat(new String(frames.next(), StandardCharsets.UTF_8)).isEqualTo("{\"b\":[{}]}");
    assertThatThrownBy(frames::next).isInstanceOf(IOException.class).hasMessageContaining("15");
  }
}

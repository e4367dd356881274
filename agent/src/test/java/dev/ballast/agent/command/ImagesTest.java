package dev.ballast.agent.command;

import static dev.ballast.agent.command.AgentUnderTest.command;
import static dev.ballast.agent.command.AgentUnderTest.planned;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ballast.core.action.Expectation.HostSettingRecord;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.Applied;
import dev.ballast.core.action.Outcome.Failed;
import dev.ballast.core.action.Outcome.Refused;
import dev.ballast.core.action.Outcome.Unchanged;
import dev.ballast.core.action.Outcome.Undone;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.model.ImageFile;
import dev.ballast.core.model.ImageFile.Content;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Images through the pipeline: fetched from a server, checked, kept, removed, undone. */
class ImagesTest extends PipelineFixture {
  private final List<String> ranges = new ArrayList<>();
  private HttpServer server;

  /** Answers only with so many bytes before it hangs up. */
  private int cut = Integer.MAX_VALUE;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body = StoredSamples.TEXT.getBytes(StandardCharsets.UTF_8);
    String range = exchange.getRequestHeaders().getFirst("Range");
    ranges.add(String.valueOf(range));
    int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    byte[] rest = Arrays.copyOfRange(body, from, body.length);
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, rest.length);
    exchange.getResponseBody().write(rest, 0, Math.min(cut, rest.length));
    exchange.getResponseBody().flush();
    exchange.close();
  }

  private ImageFile image(String digest) {
    String source = "http://localhost:" + server.getAddress().getPort() + "/debian.raw";
    return new ImageFile("debian", new Content("raw", digest, source));
  }

  private final String right = StoredSamples.digest(StoredSamples.TEXT);

  private PlannedAction set(ImageFile target, ImageFile expected) {
    return planned(new SetHostSetting(target), new HostSettingRecord(expected));
  }

  private PlannedAction fetch(ImageFile target) {
    return set(target, target.absent());
  }

  private Path file() {
    return host.path("images/debian.raw");
  }

  @Test
  void isFetchedReadOnlyAndImmutable() throws IOException {
    ImageFile image = image(right);

    assertThat(only(command(1, fetch(image)))).isInstanceOf(Applied.class);

    assertThat(host.text("images/debian.raw")).isEqualTo(StoredSamples.TEXT);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("r--r--r--");
    assertThat(host.programs.commands).containsExactly(List.of("chattr", "+i", file().toString()));
    assertThat(host.settings()).containsEntry(image.key(), image);
    assertThat(only(command(2, fetch(image)))).isInstanceOf(Unchanged.class);
  }

  @Test
  void withoutImmutableFilesItIsFetchedAllTheSame() {
    host.programs.fail = true;

    assertThat(only(command(1, fetch(image(right))))).isInstanceOf(Applied.class);
  }

  @Test
  void anotherDigestLeavesNothing() throws IOException {
    Outcome outcome = only(command(1, fetch(image(StoredSamples.digest("other")))));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.error()).contains("has the digest " + right));
    assertThat(stored()).isEmpty();
  }

  @Test
  void goesOnWhereTheConnectionBroke() throws IOException {
    cut = 3;
    assertThat(only(command(1, fetch(image(right))))).isInstanceOf(Failed.class);
    assertThat(host.settings()).doesNotContainKey("image:debian");
    cut = Integer.MAX_VALUE;

    assertThat(only(command(2, fetch(image(right))))).isInstanceOf(Applied.class);

    assertThat(ranges).endsWith("bytes=3-");
    assertThat(host.text("images/debian.raw")).isEqualTo(StoredSamples.TEXT);
  }

  @Test
  void tooLargeIsGivenUp() throws IOException {
    host.put("large.raw", "x".repeat((1 << 20) + 1));
    ImageFile large =
        new ImageFile("large", new Content("raw", right, "file://" + host.path("large.raw")));

    assertThat(only(command(1, fetch(large))))
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.error()).contains("more than the 1048576"));
  }

  @Test
  void aDryRunFetchesNothing() throws IOException {
    assertThat(only(command(1, true, fetch(image(right))))).isInstanceOf(Outcome.WouldApply.class);

    assertThat(ranges).isEmpty();
    assertThat(stored()).isEmpty();
  }

  @Test
  void aLaterFailureDeletesWhatWasFetched() throws IOException {
    host.libvirt.refuses = "define";

    List<Outcome> outcomes = agent.execute(command(1, fetch(image(right)), define("new")));

    assertThat(outcomes.getFirst()).isInstanceOf(Undone.class);
    assertThat(stored()).isEmpty();
  }

  @Test
  void removedItLiesInTheTrashAndComesBackWithoutADownload() throws IOException {
    ImageFile image = image(right);
    only(command(1, fetch(image)));

    assertThat(only(command(2, set(image.absent(), image)))).isInstanceOf(Applied.class);

    assertThat(file()).doesNotExist();
    assertThat(host.settings()).doesNotContainKey(image.key());
    ranges.clear();
    assertThat(only(command(3, fetch(image)))).isInstanceOf(Applied.class);
    assertThat(host.text("images/debian.raw")).isEqualTo(StoredSamples.TEXT);
    assertThat(ranges).isEmpty();
  }

  @Test
  void anUndoneRemovalBringsItBackAndAnUndoneReturnKeepsItInTheTrash() throws IOException {
    ImageFile image = image(right);
    only(command(1, fetch(image)));
    host.libvirt.refuses = "define";

    agent.execute(command(2, set(image.absent(), image), define("new")));

    assertThat(host.settings()).containsEntry(image.key(), image);
    only(command(3, set(image.absent(), image)));
    agent.execute(command(4, fetch(image), define("new")));
    assertThat(file()).doesNotExist();
    assertThat(stored()).anyMatch(name -> name.endsWith("-debian.raw"));
  }

  @Test
  void anEditedImageIsSeenAndNeverReplaced() throws IOException {
    ImageFile image = image(right);
    only(command(1, fetch(image)));
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r--r--"));
    Files.writeString(file(), "somebody else's");

    assertThat(host.settings().get(image.key()).value())
        .isEqualTo("raw edited since it was fetched");
    ImageFile now = (ImageFile) host.settings().get(image.key());
    Outcome outcome = only(command(2, set(image, now)));
    refused(outcome, RefusalReason.ILLEGAL);
    assertThat(((Refused) outcome).detail()).contains("images are never replaced");
  }

  @Test
  void aForeignFileIsNeverOverwritten() throws IOException {
    host.put("images/debian.raw", "foreign");

    Outcome outcome = only(command(1, fetch(image(right))));

    refused(outcome, RefusalReason.ILLEGAL);
    assertThat(((Refused) outcome).detail()).contains("in the way");
    assertThat(host.text("images/debian.raw")).isEqualTo("foreign");
  }

  /** All files of the store but parts of downloads. */
  private List<String> stored() throws IOException {
    Path store = host.path("images");
    if (!Files.exists(store)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(store)) {
      return files
          .filter(Files::isRegularFile)
          .map(path -> path.getFileName().toString())
          .filter(name -> !name.endsWith(".part"))
          .toList();
    }
  }
}

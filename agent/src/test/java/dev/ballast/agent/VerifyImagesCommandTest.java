package dev.ballast.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.agent.host.storage.StoreSettings;
import dev.ballast.agent.host.storage.StoredFiles;
import dev.ballast.core.model.ImageFile;
import dev.ballast.core.model.StoredFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class VerifyImagesCommandTest {
  /** Of the four bytes {@code data}. */
  private static final String DIGEST =
      "sha256:3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7";

  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private Path image;

  @BeforeEach
  void fetched() throws IOException {
    Path images = Files.createDirectories(directory.resolve("images"));
    Files.writeString(
        directory.resolve("agent.yaml"), "host: {name: h1}\nstorage:\n  images: " + images + "\n");
    image = images.resolve("debian.raw");
    write("data");
    Files.writeString(
        images.resolve(".debian.raw.ballast"),
        "name debian\nformat raw\ndigest "
            + DIGEST
            + "\nsource file:///srv/debian.raw\nsize 4\nmodified 1000\n");
  }

  /** As a disk that forgets: the file keeps its length and its time. */
  private void write(String content) throws IOException {
    Files.writeString(image, content);
    Files.setLastModifiedTime(image, FileTime.fromMillis(1000));
  }

  private int run() {
    out.getBuffer().setLength(0);
    return new CommandLine(new VerifyImagesCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(out, true))
        .execute("--config", directory.resolve("agent.yaml").toString());
  }

  private boolean isIntact() {
    StoreSettings settings = new StoreSettings(directory.resolve("images"), 1 << 20, List.of());
    ImageFile wanted = new ImageFile("debian", Optional.empty());
    StoredFile seen = new StoredFiles(settings).read(wanted.key()).orElseThrow();
    return seen instanceof ImageFile file && file.isIntact();
  }

  @Test
  void anImageThatIsWhatWasFetchedIsWhole() {
    assertThat(run()).as(out.toString()).isZero();

    assertThat(out.toString()).contains("whole    debian  " + DIGEST, "1 image, 0 damaged");
    assertThat(isIntact()).isTrue();
  }

  @Test
  void oneThatTheDiskChangedIsToldOfUntilItIsWholeAgain() throws IOException {
    write("dbta");
    assertThat(isIntact()).as("nothing but its content shows it").isTrue();

    assertThat(run()).isEqualTo(5);

    assertThat(out.toString()).contains("DAMAGED  debian", "was fetched with " + DIGEST);
    assertThat(isIntact()).as("what the cluster is told").isFalse();
    write("data");
    assertThat(run()).isZero();
    assertThat(isIntact()).isTrue();
  }

  @Test
  void oneThatIsGoneIsNoImage() throws IOException {
    Files.delete(image);

    assertThat(run()).isZero();
    assertThat(out.toString()).contains("0 images");
  }
}

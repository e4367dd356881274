package dev.ballast.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TrashCommandTest {
  @TempDir Path directory;
  private final StringWriter out = new StringWriter();

  @BeforeEach
  void discard() throws IOException {
    Files.writeString(
        directory.resolve("agent.yaml"),
        "host: {name: h1}\nstorage:\n  images: "
            + directory.resolve("images")
            + "\n  pools: ["
            + directory.resolve("volumes")
            + "]\n");
    put("volumes", "7-web-vda.raw", "owner web\ntrashed 1000\n");
    put("images", "abc-debian.raw", "name debian\ntrashed " + System.currentTimeMillis() + "\n");
  }

  private void put(String store, String name, String sidecar) throws IOException {
    Path trash = Files.createDirectories(directory.resolve(store).resolve(".trash"));
    Files.writeString(trash.resolve(name), "data");
    Files.writeString(trash.resolve("." + name + ".ballast"), sidecar);
  }

  private int run(String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "--config";
    all[1] = directory.resolve("agent.yaml").toString();
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return new CommandLine(new TrashCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(out, true))
        .execute(all);
  }

  @Test
  void listsTheOldestFirst() {
    assertThat(run()).isZero();

    assertThat(out.toString().lines())
        .satisfiesExactly(
            line -> assertThat(line).contains("volume of web"),
            line -> assertThat(line).contains("image debian"),
            line -> assertThat(line).isEqualTo("2 files in the trash"));
  }

  @Test
  void purgesOnlyWhatIsOldAndOnlyWhenToldTo() {
    Path old = directory.resolve("volumes/.trash/7-web-vda.raw");
    Path young = directory.resolve("images/.trash/abc-debian.raw");

    assertThat(run("--purge-older-than", "30d")).isZero();
    assertThat(out.toString()).contains("1 file would be purged for good; add --run");
    assertThat(old).exists();
    assertThat(run("--purge-older-than", "30d", "--run")).isZero();

    assertThat(old).doesNotExist();
    assertThat(directory.resolve("volumes/.trash/.7-web-vda.raw.ballast")).doesNotExist();
    assertThat(young).exists();
  }

  @Test
  void anAgeNeedsItsUnit() {
    assertThat(run("--purge-older-than", "30")).isEqualTo(2);
    assertThat(out.toString()).contains("such as 30d");
  }
}

package dev.ballast.agent.host.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.core.model.LinkNeighbour;
import dev.ballast.core.model.LinkSetting.Neighbours;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Neighbours as lldpcli 1.0.16 told them of a neighbour that announced two VLANs. */
class LldpTableTest {
  @TempDir Path root;

  private static String recorded() throws IOException {
    try (InputStream in = LldpTableTest.class.getResourceAsStream("/lldp/neighbours.json")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Commands answering(String text) {
    return new Commands() {
      @Override
      public void run(List<String> command) {}

      @Override
      public String read(List<String> command) throws IOException {
        if (text.isEmpty()) {
          throw new IOException("unable to connect to socket /run/lldpd.socket");
        }
        return text;
      }
    };
  }

  private LldpTable table(String answer) {
    return new LldpTable(new KernelFiles(root), answering(answer));
  }

  @Test
  void aNeighbourIsReadWithItsVlans() throws IOException {
    assertThat(LldpTable.parse(recorded()).found())
        .containsExactly(new LinkNeighbour("a0", "switch-1", "b0", new TreeSet<>(List.of(10, 20))));
  }

  @Test
  void withoutLldpdNothingIsKnown() throws IOException {
    assertThat(table(recorded()).read()).isEmpty();
    Files.createDirectories(root.resolve("usr/sbin"));
    Files.writeString(root.resolve("usr/sbin/lldpcli"), "");

    assertThat(table("").read()).isEmpty();
    assertThat(table("no JSON").read()).isEmpty();
    assertThat(table("{\"lldp\":[{}]}").read()).contains(new Neighbours(new TreeSet<>()));
    assertThat(table(recorded()).read()).isPresent();
  }
}

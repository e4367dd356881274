package dev.ballast.agent.practice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.agent.host.clock.TimeSync;
import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.core.model.OtherOwner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FactsReaderTest {
  @TempDir private Path root;
  private long nanos = Long.MAX_VALUE - 5;

  @BeforeEach
  void processes() throws IOException {
    process(1, "systemd");
    Files.createDirectories(root.resolve("proc/sys"));
  }

  private void process(int pid, String comm) throws IOException {
    Path directory = Files.createDirectories(root.resolve("proc/" + pid));
    Files.writeString(directory.resolve("comm"), comm + "\n");
  }

  private OwnersReader owners() {
    return new OwnersReader(new KernelFiles(root));
  }

  @ParameterizedTest
  @CsvSource({
    "numad, NUMAD",
    "ksmtuned, KSMTUNED",
    "tuned, TUNED",
    "NetworkManager, NETWORK_MANAGER",
    "vdsmd, VDSM",
    "momd, VDSM",
    "nova-compute, NOVA"
  })
  void processesGiveOwnersAway(String comm, OtherOwner owner) throws IOException {
    assertThat(owners().read()).isEmpty();
    process(77, comm);

    assertThat(owners().read()).containsEntry(owner, "process " + comm).hasSize(1);
  }

  @Test
  void netplanIsFoundByItsFiles() throws IOException {
    Path directory = Files.createDirectories(root.resolve("etc/netplan"));
    assertThat(owners().read()).isEmpty();
    Files.createFile(directory.resolve("01.yaml"));

    assertThat(owners().read()).containsOnlyKeys(OtherOwner.NETPLAN);
  }

  @Test
  void ownersAreLookedForNowAndThen() throws IOException {
    FactsReader reader =
        new FactsReader(new TimeSync(new KernelFiles(root)), owners(), () -> nanos);
    assertThat(reader.read(new TreeMap<>()).owners()).isEmpty();
    process(77, "numad");

    assertThat(reader.read(new TreeMap<>()).owners()).isEmpty();
    nanos += FactsReader.PERIOD_NANOS;
    assertThat(reader.read(new TreeMap<>()).owners()).containsOnlyKeys(OtherOwner.NUMAD);
  }
}

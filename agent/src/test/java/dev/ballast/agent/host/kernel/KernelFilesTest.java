package dev.ballast.agent.host.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.core.model.KsmSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelFilesTest {
  @TempDir Path folder;

  @Test
  void readsAtMostTheLimit() throws IOException {
    write("proc/stat", "0123456789");
    assertThat(files().read("/proc/stat", 4)).contains("0123");
    assertThat(files().read("/proc/stat")).contains("0123456789");
  }

  @Test
  void whatCannotBeReadIsAbsent() throws IOException {
    Files.createDirectories(folder.resolve("proc/self"));
    assertThat(files().read("/proc/none")).isEmpty();
    assertThat(files().read("/proc/self")).isEmpty();
    assertThat(files().read("/proc/\0")).isEmpty();
    assertThat(files().list("/proc/none")).isEmpty();
  }

  @Test
  void numbersAreTakenFromTheStartOfTheText() {
    assertThat(KernelFiles.leadingLong(" 42 kB\n")).isEqualTo(OptionalLong.of(42));
    assertThat(KernelFiles.leadingLong("-1\n")).isEqualTo(OptionalLong.of(-1));
    assertThat(KernelFiles.leadingLong("max 100000")).isEqualTo(OptionalLong.empty());
    assertThat(KernelFiles.leadingLong("99999999999999999999")).isEqualTo(OptionalLong.empty());
    assertThat(KernelFiles.leadingLong("-")).isEqualTo(OptionalLong.empty());
  }

  @Test
  void aMountStandsInForItsTree() throws IOException {
    write("other/stat", "here");
    write("sys/kernel/x", "there");
    KernelFiles files = new KernelFiles(folder, Map.of("proc", folder.resolve("other")));
    assertThat(files.read("/proc/stat")).contains("here");
    assertThat(files.read("/sys/kernel/x")).contains("there");
    assertThat(files.resolve("/proc")).isEqualTo(folder.resolve("other"));
  }

  @Test
  void ksmIsReadWholeOrNotAtAll() throws IOException {
    KsmFiles ksm = new KsmFiles(files());
    assertThat(ksm.read()).isEmpty();
    write("sys/kernel/mm/ksm/run", "1\n");
    write("sys/kernel/mm/ksm/pages_to_scan", "100\n");
    write("sys/kernel/mm/ksm/sleep_millisecs", "20\n");
    write("sys/kernel/mm/ksm/pages_sharing", "7\n");
    assertThat(ksm.read())
        .contains(new KsmFiles.State(new KsmSettings(1, 100, 20), 0, 7, OptionalLong.empty()));
    write("sys/kernel/mm/ksm/merge_across_nodes", "1\n");
    write("sys/kernel/mm/ksm/general_profit", "-4096\n");
    write("proc/self/smaps", "7f00-7f01 r--p 0 0 0 x\nKernelPageSize:       64 kB\n");
    assertThat(ksm.read().orElseThrow().settings().mergeAcrossNodes()).contains(true);
    assertThat(ksm.read().orElseThrow().profitBytes()).hasValue(-4096);
    assertThat(ksm.unmergeBytes()).isEqualTo(7L * (64 << 10));
    write("sys/kernel/mm/ksm/run", "9\n");
    assertThat(ksm.read()).isEmpty();
  }

  @Test
  void writesOnlyIntoFilesThatExist() throws IOException {
    write("sys/kernel/mm/ksm/run", "0\n");
    KernelWriter writer = new KernelWriter(files());
    writer.write(KsmFiles.RUN, "1");
    assertThat(files().read(KsmFiles.RUN)).contains("1");
    assertThatThrownBy(() -> writer.write("/sys/kernel/mm/ksm/none", "1"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot write '1'")
        .hasMessageContaining("ksm/none");
    assertThat(folder.resolve("sys/kernel/mm/ksm/none")).doesNotExist();
  }

  private KernelFiles files() {
    return new KernelFiles(folder);
  }

  private void write(String path, String content) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}

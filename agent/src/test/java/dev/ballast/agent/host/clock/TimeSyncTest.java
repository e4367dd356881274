package dev.ballast.agent.host.clock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.core.model.ClockState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimeSyncTest {
  private static final String FOLLOWS =
      "0A4E05FE,10.78.5.254,9,1700000000.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,2.0,Normal";
  private static final String LOST =
      "00000000,,0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,1.0,1.0,0.0,Not synchronised";

  @TempDir private Path root;

  private TimeSync.State read(String... chronyc) throws InterruptedException {
    return new TimeSync(List.of(chronyc), new KernelFiles(root)).read();
  }

  @Test
  void readsWhatChronySays() throws InterruptedException {
    assertThat(read("echo", FOLLOWS))
        .isEqualTo(new TimeSync.State(ClockState.SYNCHRONISED, "chrony follows 10.78.5.254"));
    assertThat(read("echo", LOST).clock()).isEqualTo(ClockState.NOT_SYNCHRONISED);
    assertThat(read("echo", "what?").clock()).isEqualTo(ClockState.UNKNOWN);
  }

  @Test
  void aClockThatMayBeFarOffIsNotSynchronisedWhateverItFollows() throws InterruptedException {
    String far = "0A4E05FE,10.78.5.254,9,1700000000.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,1.5,2.0,Normal";
    TimeSync time = new TimeSync(List.of("echo", far), new KernelFiles(root));

    TimeSync.State state = time.read();

    assertThat(state.clock()).isEqualTo(ClockState.NOT_SYNCHRONISED);
    assertThat(state.detail()).contains("more than a second off");
    assertThat(time.figures().orElseThrow().boundSeconds()).isEqualTo(0.1 + 0.05 + 1.5);
    assertThat(time.figures().orElseThrow().leap()).isEqualTo("Normal");
  }

  @Test
  void detailsHoldNoFigureThatChanges() {
    assertThat(TimeSync.tracking(FOLLOWS.replace("0.1", "0.2")))
        .isEqualTo(TimeSync.tracking(FOLLOWS));
  }

  @Test
  void withoutChronySystemdsMarkTells() throws Exception {
    assertThat(read("/no/such/chronyc").clock()).isEqualTo(ClockState.UNKNOWN);
    Files.createDirectories(root.resolve("run/systemd/timesync"));
    assertThat(read("/no/such/chronyc").clock()).isEqualTo(ClockState.NOT_SYNCHRONISED);
    Files.createFile(root.resolve("run/systemd/timesync/synchronized"));
    assertThat(read("/no/such/chronyc").clock()).isEqualTo(ClockState.SYNCHRONISED);
  }

  @Test
  void aChronyThatDoesNotRunIsQuoted() throws InterruptedException, IOException {
    TimeSync.State state = read("sh", "-c", "echo '506 Cannot talk to daemon'; exit 1");

    assertThat(state.clock()).isEqualTo(ClockState.UNKNOWN);
    assertThat(state.detail()).contains("506 Cannot talk to daemon");
  }
}

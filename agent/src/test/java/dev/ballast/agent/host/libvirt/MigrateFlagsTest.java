package dev.ballast.agent.host.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.libvirt.DomainJobStats;
import org.libvirt.TypedIntParameter;
import org.libvirt.TypedParameter;
import org.libvirt.TypedUlongParameter;

class MigrateFlagsTest {
  private static final int ALWAYS = 1 | 2 | 8 | 16;

  private static int flags(boolean autoConverge, boolean tls, boolean unsafe) {
    return MigrateFlags.of(
        new MigrationRequest(
            "web", "qemu+tls://h2/system", "", "", 0, autoConverge, tls, unsafe, false, false));
  }

  @Test
  void isLivePeerToPeerAndMovesTheDefinition() {
    assertThat(flags(false, false, false)).isEqualTo(ALWAYS);
    assertThat(flags(true, false, false)).isEqualTo(ALWAYS | 1 << 13);
    assertThat(flags(false, true, false)).isEqualTo(ALWAYS | 1 << 16);
    assertThat(flags(false, false, true)).isEqualTo(ALWAYS | 1 << 9);
  }

  @Test
  void readsTheNumbersOfAnOutgoingMigrationOnly() {
    assertThat(JobNumbers.read(job(2, 5)))
        .contains(new MigrationJob(1500, 128, 0, 88, 0, 3 * 4096, 40));
    assertThat(JobNumbers.read(job(0, 5))).isEmpty();
    assertThat(JobNumbers.read(job(3, 5))).isEmpty();
    assertThat(JobNumbers.read(job(2, 2))).isEmpty();
  }

  private static DomainJobStats job(int type, int operation) {
    return new DomainJobStats(
        type,
        new TypedParameter[] {
          new TypedIntParameter("operation", operation),
          new TypedUlongParameter("time_elapsed", 1500),
          new TypedUlongParameter("data_total", 128),
          new TypedUlongParameter("data_remaining", 88),
          new TypedUlongParameter("memory_dirty_rate", 3),
          new TypedUlongParameter("memory_page_size", 4096),
          new TypedIntParameter("auto_converge_throttle", 40)
        });
  }

  @Test
  void namesStatesAndReasonsThatItKnows() {
    assertThat(StateText.of(3, 2)).isEqualTo("PAUSED (migration)");
    assertThat(StateText.of(3, 12)).isEqualTo("PAUSED (post-copy)");
    assertThat(StateText.of(1, 6)).isEqualTo(Libvirt.STARTED_AGAIN);
    assertThat(StateText.of(1, 44)).isEqualTo("RUNNING (reason 44)");
    assertThat(StateText.of(6, 1)).isEqualTo("CRASHED (reason 1)");
    assertThat(StateText.of(99, 99)).isEqualTo("state 99 (reason 99)");
  }
}

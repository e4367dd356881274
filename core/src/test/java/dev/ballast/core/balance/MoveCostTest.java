package dev.ballast.core.balance;

import static dev.ballast.core.sample.Sample.GIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ballast.core.model.MemoryDemand;
import dev.ballast.core.placement.Weights;
import org.junit.jupiter.api.Test;

/** The cost of a move against what a hand reckons. */
class MoveCostTest {
  /** Takes 4 GiB of its host. */
  private static final long MEMORY = MemoryDemand.guestBytes(4 * GIB);

  private static final long LINK = 128L << 20;
  private static final Weights WEIGHTS = new Weights(0, 0, 0, 0, 0, 0, 3, 5, 7);

  @Test
  void anIdleGuestTakesItsMemoryOverTheLink() {
    assertThat(new MoveCost(MEMORY, 0, 100).transferMillis(LINK)).isCloseTo(32_000, within(1L));
  }

  @Test
  void whatTheGuestWritesIsSentAgain() {
    // Four CPUs write 64 MiB a second of the 128.
    assertThat(new MoveCost(MEMORY, 4_000, 100).transferMillis(LINK)).isCloseTo(64_000, within(1L));
    // Never less than an eighth of the link.
    assertThat(new MoveCost(MEMORY, 100_000, 100).transferMillis(LINK))
        .isCloseTo(8 * 32_000, within(8L));
  }

  @Test
  void sensitivityWeighsTransferAndStandstillButNotTheMoveItself() {
    // 3 · 32 s / 10 + 7 · 0.5 s + 5.
    assertThat(new MoveCost(MEMORY, 0, 100).points(WEIGHTS, LINK, 500))
        .isCloseTo(9.6 + 3.5 + 5, within(0.01));
    assertThat(new MoveCost(MEMORY, 0, 300).points(WEIGHTS, LINK, 500))
        .isCloseTo(3 * (9.6 + 3.5) + 5, within(0.01));
    assertThat(new MoveCost(MEMORY, 0, 1).sensitivity()).isEqualTo(0.25);
    assertThat(new MoveCost(MEMORY, 0, 10_000).sensitivity()).isEqualTo(10);
  }
}

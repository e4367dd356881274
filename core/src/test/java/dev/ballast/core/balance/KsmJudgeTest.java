package dev.ballast.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.balance.KsmTrack.Look;
import dev.ballast.core.model.KsmLoad;
import dev.ballast.core.model.KsmSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** A host of 10 CPUs and 100 GiB whose settings are what the judge wanted at its last look. */
class KsmJudgeTest {
  private static final long GIB = 1L << 30;
  private static final long INTERVAL = 600_000;
  private static final long HOLD = 1_800_000;
  private static final KsmPolicy AUTO = new KsmPolicy(KsmPolicy.Mode.AUTO, INTERVAL, HOLD);
  private static final KsmJudge.Host HOST = new KsmJudge.Host(10, 100 * GIB, 20, 80 * GIB);
  private static final KsmSettings OFF = new KsmSettings(0, 100, 20);

  private KsmPolicy policy = AUTO;
  private KsmJudge.Host host = HOST;
  private KsmSettings settings = OFF;
  private KsmTrack track = KsmTrack.NEW;
  private long now = 1_000_000;
  private long scannerMillis;
  private long freeBytes = 50 * GIB;
  private final List<Long> changes = new ArrayList<>();
  private String reason = "";

  /** One interval, in which the scanner took that share of the host's CPUs, in permille. */
  private void look(long savedBytes, long profitBytes, int costPermille) {
    now += INTERVAL;
    scannerMillis += INTERVAL * 10 * costPermille / 1_000;
    look(
        new KsmLoad(
            savedBytes,
            Optional.of(profitBytes),
            Optional.of(scannerMillis),
            Optional.of(freeBytes)));
  }

  private void look(KsmLoad load) {
    KsmJudgement judged = KsmJudge.judge(policy, host, track, new Look(now, settings, load));
    track = judged.track();
    reason = judged.reason();
    judged
        .target()
        .ifPresent(
            target -> {
              assertThat(target).as("a change").isNotEqualTo(settings);
              settings = target;
              changes.add(now);
            });
  }

  private void started() {
    look(0, 0, 0);
    assertThat(settings.run()).isEqualTo(KsmSettings.SCANNING);
    look(0, 0, 1);
    changes.clear();
  }

  @Test
  void aStoppedScannerIsTriedAtAPaceThatPassesAllGuestsTwice() {
    look(0, 0, 0);

    assertThat(settings).isEqualTo(new KsmSettings(1, 466, 20));
    assertThat(reason).isEqualTo("tried out for 1800 s: 20 guests of 81920 MiB might share pages");
  }

  @Test
  void whatIsWorthItGoesOn() {
    started();
    for (int i = 1; i <= 20; i++) {
      look(5 * GIB * i, 5 * GIB * i, 10);
    }

    assertThat(settings.run()).isEqualTo(KsmSettings.SCANNING);
    assertThat(reason)
        .isEqualTo(
            "saves 102400 MiB (102400 MiB net), 100.00 % of the memory, and its scanner takes 1.00"
                + " % of the CPUs: worth it");
  }

  @Test
  void whatIsNotWorthItStopsAfterThreeLooksInARow() {
    started();
    look(GIB, GIB, 30);
    look(GIB, GIB, 30);
    assertThat(reason).contains("judged when it has run for a while");
    look(GIB, GIB, 30);
    look(GIB, GIB, 30);
    assertThat(settings.run()).isEqualTo(KsmSettings.SCANNING);
    assertThat(reason).contains("not worth it, at 2 of 3 looks");
    look(GIB, GIB, 30);

    assertThat(settings.run()).isEqualTo(KsmSettings.STOPPED);
    assertThat(reason)
        .isEqualTo(
            "saves 1024 MiB (1024 MiB net), 1.00 % of the memory, and its scanner takes 3.00 % of"
                + " the CPUs: not worth it");
  }

  @Test
  void aGoodLookBetweenForgivesTheBadOnes() {
    started();
    for (int i = 0; i < 30; i++) {
      look(GIB, GIB, i % 3 == 0 ? 10 : 30);
    }

    assertThat(settings.run()).isEqualTo(KsmSettings.SCANNING);
  }

  @Test
  void betweenWorthAndNotWorthNothingChanges() {
    started();
    for (int i = 0; i < 30; i++) {
      look(GIB, GIB, 15);
    }

    assertThat(changes).isEmpty();
    assertThat(reason).endsWith("about even");
  }

  @Test
  void recordsThatTakeMoreThanTheySaveAreUnmergedWhereEachNodeHasRoom() {
    started();
    for (int i = 0; i < 5; i++) {
      look(GIB, -GIB, 30);
    }
    assertThat(settings.run()).isEqualTo(KsmSettings.UNMERGING);

    settings = OFF.withRun(1);
    track = KsmTrack.NEW;
    freeBytes = 2 * GIB - 1;
    for (int i = 0; i < 5; i++) {
      look(GIB, -GIB, 30);
    }
    assertThat(settings.run()).as("no room").isEqualTo(KsmSettings.STOPPED);
  }

  @Test
  void savingsThatGrowAreFollowedFasterAndSettledOnesSlower() {
    started();
    look(GIB, GIB, 1);
    look(GIB, GIB, 1);
    look(2 * GIB, 2 * GIB, 1);
    assertThat(settings.pagesToScan()).isEqualTo(932);
    for (int i = 0; i < 100; i++) {
      look(2 * GIB, 2 * GIB, 1);
    }
    assertThat(settings.pagesToScan()).isEqualTo(KsmJudge.LOWEST_PAGES);
    assertThat(settings.run()).isEqualTo(KsmSettings.SCANNING);
  }

  @Test
  void aTrialThatFailedIsRepeatedEverLaterADayAtMost() {
    List<Long> trials = new ArrayList<>();
    for (int i = 0; i < 6 * 24 * 10; i++) {
      int before = settings.run();
      look(0, 0, settings.run() == 1 ? 50 : 0);
      if (settings.run() == 1 && before != 1) {
        trials.add(now);
      }
    }

    assertThat(trials.size()).isBetween(10, 16);
    for (int i = 1; i < trials.size(); i++) {
      assertThat(trials.get(i) - trials.get(i - 1))
          .isLessThan(KsmJudge.LONGEST_REST_MILLIS * 3 / 2);
    }
    assertThat(trials.getLast() - trials.get(trials.size() - 2))
        .isGreaterThanOrEqualTo(KsmJudge.LONGEST_REST_MILLIS);
  }

  @Test
  void aScannerThatCannotBeSeenIsLeftAsItIs() {
    KsmLoad blind = new KsmLoad(GIB, Optional.of(GIB), Optional.empty(), Optional.empty());
    for (int run = 0; run <= 2; run++) {
      settings = OFF.withRun(run);
      track = KsmTrack.NEW;
      for (int i = 0; i < 10; i++) {
        now += INTERVAL;
        look(blind);
      }
      assertThat(changes).isEmpty();
      assertThat(reason).contains("cannot be measured", "does not see ksmd");
    }
  }

  @Test
  void oneGuestAloneSharesWithNobody() {
    host = new KsmJudge.Host(10, 100 * GIB, 1, 80 * GIB);
    look(0, 0, 0);
    assertThat(changes).isEmpty();

    settings = OFF.withRun(1);
    for (int i = 0; i < 10; i++) {
      look(50 * GIB, 50 * GIB, 0);
    }
    assertThat(settings.run()).isZero();
  }

  @Test
  void onLetsItRunAndJudgesNothing() {
    policy = new KsmPolicy(KsmPolicy.Mode.ON, INTERVAL, HOLD);
    look(0, 0, 0);
    assertThat(settings).isEqualTo(OFF.withRun(1));
    for (int i = 0; i < 20; i++) {
      look(0, -GIB, 900);
    }

    assertThat(changes).hasSize(1);
  }

  @Test
  void offChangesNothing() {
    policy = KsmPolicy.DEFAULT;
    for (int run = 0; run <= 2; run++) {
      settings = OFF.withRun(run);
      look(0, -GIB, 900);
    }

    assertThat(changes).isEmpty();
  }

  /** Whatever the host shows. */
  @Property(tries = 300)
  void itNeverFlaps(
      @ForAll @Size(min = 1, max = 300) List<@LongRange(min = 0, max = 100L << 30) Long> saved,
      @ForAll @Size(min = 1, max = 50) List<@IntRange(min = 0, max = 200) Integer> costs,
      @ForAll @IntRange(min = 0, max = 3) int guests) {
    host = new KsmJudge.Host(10, 100 * GIB, guests, guests * GIB);
    for (int i = 0; i < saved.size(); i++) {
      look(saved.get(i), i % 2 == 0 ? saved.get(i) : -saved.get(i), costs.get(i % costs.size()));
      assertThat(settings.pagesToScan()).isBetween(KsmJudge.LOWEST_PAGES, KsmJudge.HIGHEST_PAGES);
      if (settings.run() == KsmSettings.UNMERGING && changes.getLast() == now) {
        assertThat(saved.get(i)).as("room on each node").isLessThanOrEqualTo(freeBytes / 2);
      }
    }

    for (int i = 1; i < changes.size(); i++) {
      assertThat(changes.get(i) - changes.get(i - 1)).isGreaterThanOrEqualTo(HOLD);
    }
  }
}

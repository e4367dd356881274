package dev.ballast.core.balance;

import dev.ballast.core.balance.KsmTrack.Look;
import dev.ballast.core.model.KsmLoad;
import dev.ballast.core.model.KsmSettings;
import java.util.Locale;
import java.util.Optional;

/**
 * Judges whether same-page merging is worth its scanner on one host. Pure.
 *
 * <p>Memory and CPU time are compared as shares of what the host has of each, the common measure of
 * unlike resources in <i>Dominant Resource Fairness</i> (Ghodsi and others, NSDI 2011):
 *
 * <pre>
 * gain = max(0, general_profit, else pages_sharing × page size) / memory of the host
 * cost = Δ CPU time of ksmd / (Δt × CPUs of the host)
 * worth while    gain ≥ cost
 * not worth      gain &lt; cost / 2, or no two guests run; three looks in a row stop it
 * between        as it is
 * </pre>
 *
 * <p>A stopped scanner can only be measured by letting it run: a trial, at a pace that passes all
 * guests' memory twice (a page is merged at its second sight) within the hold:
 *
 * <pre>
 * pages_to_scan = 2 × guests' pages × sleep_millisecs / hold, within {@value #LOWEST_PAGES} to {@value #HIGHEST_PAGES}
 * </pre>
 *
 * <p>and again after hold × 2<sup>trials in a row that were not worth it</sup>, a day at most. A
 * scanner that is worth it goes on at half the pace once a look finds its savings within 1/32 of
 * the look before, at twice the pace where they have grown by more than 1/8 and twice the cost
 * would still be worth it. After each change the host rests for the hold, so that there are at most
 * 3600 / hold in an hour. Unmerging takes all that is saved at once: only a scanner that is stopped
 * for good and whose records take more than it saves is unmerged, and only where the NUMA node that
 * has least could take twice that.
 */
public final class KsmJudge {
  static final long LOWEST_PAGES = 100;
  static final long HIGHEST_PAGES = 10_000;

  /** So many looks in a row must find it not worth its cost. */
  static final int POOR_LOOKS = 3;

  /** Fewer guests have nobody to share with. */
  static final int GUESTS_THAT_SHARE = 2;

  /** The longest rest between two trials is so many times doubled. */
  static final int DOUBLINGS_LIMIT = 16;

  static final long LONGEST_REST_MILLIS = 86_400_000;

  private static final long PAGE_BYTES = 4_096;
  private static final int PASSES = 2;
  private static final int SETTLED_SHARE = 32;
  private static final int GROWTH_SHARE = 8;
  private static final long MIB = 1 << 20;

  private final KsmPolicy policy;
  private final Host host;
  private final KsmTrack track;
  private final Look now;

  /**
   * What is known of the host.
   *
   * @param guests how many run
   * @param guestBytes their memory in all
   */
  public record Host(int cpus, long memoryBytes, int guests, long guestBytes) {}

  private KsmJudge(KsmPolicy policy, Host host, KsmTrack track, Look now) {
    this.policy = policy;
    this.host = host;
    this.track = track;
    this.now = now;
  }

  /** Judges what was seen now after what was remembered. */
  public static KsmJudgement judge(KsmPolicy policy, Host host, KsmTrack track, Look now) {
    Optional<Look> last = track.last();
    boolean changed = last.isPresent() && !last.get().settings().equals(now.settings());
    boolean failed = changed && stopped(now) && track.poor() >= POOR_LOOKS;
    KsmTrack seen =
        new KsmTrack(
            Optional.of(now),
            changed ? now.epochMillis() : track.changedMillis(),
            changed ? 0 : track.poor(),
            Math.min(DOUBLINGS_LIMIT, track.failures() + (failed ? 1 : 0)));
    return new KsmJudge(policy, host, seen, now).judge(changed ? Optional.empty() : last);
  }

  private static boolean stopped(Look look) {
    return look.settings().run() != KsmSettings.SCANNING;
  }

  private KsmJudgement judge(Optional<Look> last) {
    boolean runs = !stopped(now);
    return switch (policy.mode()) {
      case OFF -> stays("the policy leaves it to operators");
      case ON -> runs ? stays("runs as the policy wants it") : enough() ? starts() : stays(alone());
      case AUTO -> runs ? running(last) : idle();
    };
  }

  private boolean enough() {
    return host.guests() >= GUESTS_THAT_SHARE;
  }

  private static String alone() {
    return "fewer than " + GUESTS_THAT_SHARE + " guests run";
  }

  private KsmJudgement starts() {
    return to(
        now.settings().withRun(KsmSettings.SCANNING),
        track,
        "the policy lets it run",
        "CPU time of the scanner",
        "memory of equal pages");
  }

  // --- stopped

  private KsmJudgement idle() {
    if (now.load().scannerMillis().isEmpty()) {
      return stays("what its scanner takes cannot be measured: the agent does not see ksmd");
    }
    if (!enough()) {
      return stays(alone());
    }
    long rest = track.changedMillis() + restMillis() - now.epochMillis();
    return track.changedMillis() > 0 && rest > 0
        ? stays("rests for " + rest / 1000 + " s more" + afterFailures())
        : trial();
  }

  private long restMillis() {
    return Math.max(
        policy.holdMillis(),
        Math.min(LONGEST_REST_MILLIS, policy.holdMillis() << track.failures()));
  }

  private String afterFailures() {
    return track.failures() == 0
        ? ""
        : " after " + track.failures() + " trials that were not worth it";
  }

  private KsmJudgement trial() {
    KsmSettings settings = withPages(now.settings().withRun(KsmSettings.SCANNING), trialPages());
    return to(
        settings,
        track,
        "tried out for "
            + policy.holdMillis() / 1000
            + " s: "
            + host.guests()
            + " guests of "
            + host.guestBytes() / MIB
            + " MiB might share pages",
        "CPU time of the scanner, which is measured",
        "memory of equal pages, which is measured");
  }

  private long trialPages() {
    double pages = (double) host.guestBytes() / PAGE_BYTES;
    double each = PASSES * pages * now.settings().sleepMillis() / policy.holdMillis();
    return Math.clamp((long) each, LOWEST_PAGES, HIGHEST_PAGES);
  }

  // --- running

  private KsmJudgement running(Optional<Look> last) {
    Optional<Double> cost = last.flatMap(this::cost);
    if (cost.isEmpty()) {
      return now.load().scannerMillis().isEmpty()
          ? stays("what its scanner takes cannot be measured: the agent does not see ksmd")
          : stays("measured until the next look");
    }
    double gain = (double) Math.max(0, now.load().gainBytes()) / host.memoryBytes();
    String figures = figures(gain, cost.get());
    if (resting()) {
      return stays(figures + "; judged when it has run for a while");
    }
    boolean guests = enough();
    if (guests && gain >= cost.get()) {
      KsmTrack good = new KsmTrack(track.last(), track.changedMillis(), 0, 0);
      return paced(good, last.orElseThrow().load(), gain, cost.get(), figures);
    }
    if (guests && gain >= cost.get() / 2) {
      return stays(figures + ": about even");
    }
    int poor = Math.min(POOR_LOOKS, track.poor() + 1);
    KsmTrack worse = new KsmTrack(track.last(), track.changedMillis(), poor, track.failures());
    return poor < POOR_LOOKS
        ? new KsmJudgement(
            Optional.empty(),
            worse,
            figures + ": not worth it, at " + poor + " of " + POOR_LOOKS + " looks",
            "none",
            "none")
        : stops(worse, figures);
  }

  private boolean resting() {
    return track.changedMillis() > 0
        && now.epochMillis() - track.changedMillis() < policy.holdMillis();
  }

  private Optional<Double> cost(Look last) {
    long millis = now.epochMillis() - last.epochMillis();
    Optional<Long> before = last.load().scannerMillis();
    Optional<Long> after = now.load().scannerMillis();
    if (millis <= 0 || before.isEmpty() || after.isEmpty() || after.get() < before.get()) {
      return Optional.empty();
    }
    return Optional.of((double) (after.get() - before.get()) / millis / host.cpus());
  }

  private KsmJudgement paced(
      KsmTrack good, KsmLoad before, double gain, double cost, String figures) {
    long saved = now.load().savedBytes();
    long growth = saved - before.savedBytes();
    long pages = now.settings().pagesToScan();
    if (growth > before.savedBytes() / GROWTH_SHARE && gain >= 2 * cost && pages < HIGHEST_PAGES) {
      return to(
          withPages(now.settings(), Math.min(HIGHEST_PAGES, pages * 2)),
          good,
          figures + ", and grows: twice the pace",
          "up to twice the scanner's CPU time",
          "the rest sooner");
    }
    if (Math.abs(growth) <= before.savedBytes() / SETTLED_SHARE && pages > LOWEST_PAGES) {
      return to(
          withPages(now.settings(), Math.max(LOWEST_PAGES, pages / 2)),
          good,
          figures + ", and does not grow: half the pace",
          "new equal pages are found later",
          "half of the scanner's CPU time");
    }
    return new KsmJudgement(Optional.empty(), good, figures + ": worth it", "none", "none");
  }

  private KsmJudgement stops(KsmTrack worse, String figures) {
    KsmLoad load = now.load();
    boolean room =
        load.leastFreeBytes().isPresent() && load.leastFreeBytes().get() / 2 >= load.savedBytes();
    if (load.profitBytes().isPresent() && load.profitBytes().get() < 0 && room) {
      return to(
          now.settings().withRun(KsmSettings.UNMERGING),
          worse,
          figures + ": not worth it, and its records take more than it saves",
          load.savedBytes() / MIB + " MiB, at once",
          "the scanner's CPU time, and the memory of its records");
    }
    return to(
        now.settings().withRun(KsmSettings.STOPPED),
        worse,
        figures + ": not worth it",
        "pages that change are no longer merged again",
        "the scanner's CPU time; what is merged stays");
  }

  private String figures(double gain, double cost) {
    return String.format(
        Locale.ROOT,
        "saves %d MiB%s, %.2f %% of the memory, and its scanner takes %.2f %% of the CPUs",
        now.load().savedBytes() / MIB,
        now.load().profitBytes().map(profit -> " (" + profit / MIB + " MiB net)").orElse(""),
        gain * 100,
        cost * 100);
  }

  // --- answers

  private KsmJudgement stays(String reason) {
    return new KsmJudgement(Optional.empty(), track, reason, "none", "none");
  }

  private static KsmSettings withPages(KsmSettings settings, long pages) {
    return new KsmSettings(
        settings.run(), pages, settings.sleepMillis(), settings.mergeAcrossNodes());
  }

  private static KsmJudgement to(
      KsmSettings target, KsmTrack track, String reason, String cost, String gain) {
    return new KsmJudgement(Optional.of(target), track, reason, cost, gain);
  }
}

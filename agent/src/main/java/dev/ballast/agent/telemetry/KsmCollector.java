package dev.ballast.agent.telemetry;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.kernel.KsmFiles;
import dev.ballast.core.model.KsmLoad;
import java.util.Arrays;
import java.util.Optional;

/**
 * What same-page merging saves and what its scanner takes, from /sys/kernel/mm/ksm and the
 * scanner's /proc/PID/stat. It changes slowly and is judged by minutes, so it is read every ten
 * seconds only.
 */
final class KsmCollector {
  static final long PERIOD_NANOS = 10_000_000_000L;

  private static final String SCANNER = "ksmd";
  private static final int STAT_BYTES = 1_024;

  /** Fields after the name in brackets: state, parent and so on; utime, and stime after it. */
  private static final int PARENT_FIELD = 1;

  private static final int USER_FIELD = 11;

  /** The parent of the kernel's threads, kthreadd: whoever else has the name is none of them. */
  private static final String KERNEL = "2";

  // The kernel counts these in USER_HZ, which is 100 on every architecture that runs KVM.
  private static final long MILLIS_PER_TICK = 10;

  private final KernelFiles files;
  private final KsmFiles ksm;
  private Optional<KsmLoad> known = Optional.empty();
  private Optional<String> scanner = Optional.empty();
  private boolean looked;
  private long lookedNanos;

  KsmCollector(KernelFiles files) {
    this.files = files;
    this.ksm = new KsmFiles(files);
  }

  /** As it was at most a period ago. */
  Optional<KsmLoad> collect(long nowNanos) {
    if (!looked) {
      // A thread of the kernel: there from its start to its end, and out of sight in a container.
      scanner = files.list("/proc").stream().filter(this::isScanner).findFirst();
    }
    if (!looked || nowNanos - lookedNanos >= PERIOD_NANOS) {
      looked = true;
      lookedNanos = nowNanos;
      known = ksm.read().map(this::load);
    }
    return known;
  }

  private boolean isScanner(String name) {
    return !name.isEmpty()
        && Character.isDigit(name.charAt(0))
        && files.read("/proc/" + name + "/comm", 64).orElse("").strip().equals(SCANNER)
        && stat(name)[PARENT_FIELD].equals(KERNEL);
  }

  /** The fields after the name; as many as are looked at, empty where there are none. */
  private String[] stat(String pid) {
    String stat = files.read("/proc/" + pid + "/stat", STAT_BYTES).orElse("");
    String[] found = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    String[] fields = Arrays.copyOf(found, USER_FIELD + 2);
    Arrays.setAll(fields, i -> i < found.length ? found[i] : "");
    return fields;
  }

  private KsmLoad load(KsmFiles.State state) {
    return new KsmLoad(
        Math.max(0, state.pagesSharing()) * ksm.pageBytes(),
        state.profitBytes().isPresent()
            ? Optional.of(state.profitBytes().getAsLong())
            : Optional.empty(),
        scanner.flatMap(this::scannerMillis),
        ksm.leastFreeBytes().isPresent()
            ? Optional.of(ksm.leastFreeBytes().getAsLong())
            : Optional.empty());
  }

  private Optional<Long> scannerMillis(String pid) {
    String[] fields = stat(pid);
    try {
      long ticks = Long.parseLong(fields[USER_FIELD]) + Long.parseLong(fields[USER_FIELD + 1]);
      return ticks < 0 ? Optional.empty() : Optional.of(ticks * MILLIS_PER_TICK);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}

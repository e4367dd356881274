package dev.ballast.agent.host.cgroup;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.core.model.CpuQuota;
import dev.ballast.core.model.CpuWeight;
import dev.ballast.core.model.MemoryCap;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the kernel's control groups hold a running domain to, whichever version: {@code cpu.shares},
 * {@code cpu.cfs_quota_us} and {@code memory.soft_limit_in_bytes} of version 1, {@code cpu.weight},
 * {@code cpu.max} and {@code memory.high} of version 2. Where groups lie within each other, the
 * tightest limit counts.
 *
 * @param shares what libvirt calls so: shares of version 1, the weight of version 2
 * @param blkioWeight also BFQ's default, which nobody need have written
 */
public record GroupLimits(
    long shares,
    Optional<CpuQuota> vcpuQuota,
    Optional<CpuQuota> emulatorQuota,
    Optional<CpuQuota> globalQuota,
    Optional<Long> memorySoftBytes,
    Optional<CpuQuota> iothreadQuota,
    MemoryCap cap,
    Optional<Integer> blkioWeight) {
  /** Limits without a quota of I/O threads, a cap of memory and a blkio weight. */
  public GroupLimits(
      long shares,
      Optional<CpuQuota> vcpuQuota,
      Optional<CpuQuota> emulatorQuota,
      Optional<CpuQuota> globalQuota,
      Optional<Long> memorySoftBytes) {
    this(
        shares,
        vcpuQuota,
        emulatorQuota,
        globalQuota,
        memorySoftBytes,
        Optional.empty(),
        MemoryCap.NONE,
        Optional.empty());
  }

  /** The kernel writes a limit of no meaning as a number near the largest. */
  private static final long UNLIMITED_BYTES = 1L << 60;

  /** BFQ's files, then those of other schedulers. */
  private static final List<String> WEIGHTS =
      List.of("io.bfq.weight", "io.weight", "blkio.bfq.weight", "blkio.weight");

  /** Absent when the process or its groups cannot be found. */
  public static Optional<GroupLimits> read(
      KernelFiles files,
      CgroupMounts mounts,
      long pid,
      Collection<Long> vcpuTids,
      Collection<Long> iothreadTids) {
    List<String> main = DomainGroups.of(files, mounts, pid, pid, "cpu");
    Optional<List<String>> vcpu =
        vcpuTids.stream().findFirst().map(tid -> DomainGroups.of(files, mounts, pid, tid, "cpu"));
    if (main.isEmpty() || vcpu.isEmpty() || vcpu.get().isEmpty()) {
      return Optional.empty();
    }
    List<String> whole = upper(vcpu.get());
    List<String> memory = DomainGroups.of(files, mounts, pid, pid, "memory");
    Optional<Long> shares = shares(files, whole, mounts.version());
    return shares.map(
        found ->
            new GroupLimits(
                found,
                tightest(files, ownOf(files, mounts, pid, vcpuTids)),
                tightest(files, own(main)),
                tightest(files, whole),
                softBytes(files, memory),
                tightest(files, ownOf(files, mounts, pid, iothreadTids)),
                new MemoryCap(
                    bytes(files, memory, "memory.limit_in_bytes", "memory.max"),
                    bytes(files, memory, "memory.memsw.limit_in_bytes", "memory.swap.max")),
                blkioWeight(files, mounts, pid)));
  }

  private static List<String> ownOf(
      KernelFiles files, CgroupMounts mounts, long pid, Collection<Long> tids) {
    return tids.stream()
        .map(tid -> DomainGroups.of(files, mounts, pid, tid, "cpu"))
        .flatMap(groups -> own(groups).stream())
        .toList();
  }

  private static Optional<Integer> blkioWeight(KernelFiles files, CgroupMounts mounts, long pid) {
    for (String group : DomainGroups.of(files, mounts, pid, pid, blkio(mounts))) {
      for (String name : WEIGHTS) {
        String text = files.read(group + "/" + name, 256).orElse("").strip();
        OptionalLong weight = KernelFiles.leadingLong(text.replaceFirst("^default +", ""));
        if (weight.isPresent()) {
          return Optional.of(Math.clamp(weight.getAsLong(), 0, Integer.MAX_VALUE));
        }
      }
    }
    return Optional.empty();
  }

  private static String blkio(CgroupMounts mounts) {
    return mounts.version() == 1 ? "blkio" : "io";
  }

  /** A thread's own group, unless all share the domain's. */
  private static List<String> own(List<String> groups) {
    return groups.size() > 1 ? groups.subList(0, 1) : List.of();
  }

  private static List<String> upper(List<String> groups) {
    return groups.subList(groups.size() > 1 ? 1 : 0, groups.size());
  }

  private static Optional<Long> shares(KernelFiles files, List<String> groups, int version) {
    if (version == 1) {
      return boxed(files.readLong(groups.getLast() + "/cpu.shares"));
    }
    List<Long> weights =
        groups.stream().flatMap(g -> boxed(files.readLong(g + "/cpu.weight")).stream()).toList();
    return weights.stream()
        .filter(weight -> weight != CpuWeight.DEFAULT)
        .findFirst()
        .or(() -> weights.stream().findFirst());
  }

  private static Optional<CpuQuota> tightest(KernelFiles files, List<String> groups) {
    return groups.stream()
        .flatMap(group -> quota(files, group).stream())
        .reduce((a, b) -> a.exceeds(b) ? b : a);
  }

  private static Optional<CpuQuota> quota(KernelFiles files, String group) {
    OptionalLong quota = files.readLong(group + "/cpu.cfs_quota_us");
    OptionalLong period = files.readLong(group + "/cpu.cfs_period_us");
    if (quota.isPresent() && period.isPresent()) {
      return quota(quota.getAsLong(), period.getAsLong());
    }
    String[] max = files.read(group + "/cpu.max", 64).orElse("").strip().split("\\s+");
    return max.length == 2
        ? quota(
            KernelFiles.leadingLong(max[0]).orElse(-1), KernelFiles.leadingLong(max[1]).orElse(-1))
        : Optional.empty();
  }

  /** A quota as a control group or libvirt tells it; negative and beyond reason is none. */
  public static Optional<CpuQuota> quota(long quotaMicros, long periodMicros) {
    if (quotaMicros < CpuQuota.MIN_MICROS || quotaMicros > CpuQuota.MAX_QUOTA_MICROS) {
      return Optional.empty();
    }
    long period =
        periodMicros <= 0
            ? CpuQuota.PERIOD_MICROS
            : Math.clamp(periodMicros, CpuQuota.MIN_MICROS, CpuQuota.MAX_PERIOD_MICROS);
    return Optional.of(new CpuQuota(quotaMicros, period));
  }

  private static Optional<Long> softBytes(KernelFiles files, List<String> groups) {
    return bytes(files, groups, "memory.soft_limit_in_bytes", "memory.high");
  }

  private static Optional<Long> bytes(
      KernelFiles files, List<String> groups, String version1, String version2) {
    return groups.stream()
        .flatMap(
            group ->
                boxed(files.readLong(group + "/" + version1))
                    .or(() -> boxed(files.readLong(group + "/" + version2)))
                    .stream())
        .filter(bytes -> bytes >= 0 && bytes < UNLIMITED_BYTES)
        .min(Long::compare);
  }

  /**
   * What the domain's memory group holds, without file pages that nobody uses; absent if unknown.
   */
  public static Optional<Long> memoryUseBytes(KernelFiles files, CgroupMounts mounts, long pid) {
    List<String> groups = DomainGroups.of(files, mounts, pid, pid, "memory");
    return groups.stream()
        .flatMap(group -> memoryUseBytes(files, group).stream())
        .max(Long::compare);
  }

  private static Optional<Long> memoryUseBytes(KernelFiles files, String group) {
    return boxed(files.readLong(group + "/memory.usage_in_bytes"))
        .or(() -> boxed(files.readLong(group + "/memory.current")))
        .map(bytes -> Math.max(0, bytes - inactiveFileBytes(files, group)));
  }

  private static final int STAT_LIMIT_BYTES = 16 * 1024;

  private static long inactiveFileBytes(KernelFiles files, String group) {
    String stat = files.read(group + "/memory.stat", STAT_LIMIT_BYTES).orElse("");
    long bytes = 0;
    for (String line : stat.split("\n", -1)) {
      if (line.startsWith("total_inactive_file ") || line.startsWith("inactive_file ")) {
        bytes =
            Math.max(
                bytes, KernelFiles.leadingLong(line.substring(line.indexOf(' ') + 1)).orElse(0));
      }
    }
    return bytes;
  }

  private static Optional<Long> boxed(OptionalLong value) {
    return value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty();
  }
}

package dev.ballast.agent.host.cgroup;

import dev.ballast.agent.host.kernel.KernelFiles;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The CPU files of one control group, whichever version.
 *
 * @param directory the group's directory, absolute as the kernel names it
 */
public record CpuGroup(String directory, CgroupMounts mounts) {
  private static final long MILLIS = 1000;

  /**
   * The quota in thousandths of a CPU; absent when the group has none.
   *
   * <p>Version 1: {@code cpu.cfs_quota_us / cpu.cfs_period_us}, version 2: {@code cpu.max}.
   */
  public OptionalLong quotaMillis(KernelFiles files) {
    OptionalLong quota = files.readLong(directory + "/cpu.cfs_quota_us");
    OptionalLong period = files.readLong(directory + "/cpu.cfs_period_us");
    if (quota.isPresent() && period.isPresent()) {
      return ratio(quota.getAsLong(), period.getAsLong());
    }
    String[] max = files.read(directory + "/cpu.max", 64).orElse("").strip().split("\\s+");
    if (max.length != 2) {
      return OptionalLong.empty();
    }
    return ratio(
        KernelFiles.leadingLong(max[0]).orElse(-1), KernelFiles.leadingLong(max[1]).orElse(-1));
  }

  private static OptionalLong ratio(long quotaMicros, long periodMicros) {
    return quotaMicros <= 0 || periodMicros <= 0 || quotaMicros > Long.MAX_VALUE / MILLIS
        ? OptionalLong.empty()
        : OptionalLong.of(quotaMicros * MILLIS / periodMicros);
  }

  /** The file that accounts for CPU time, {@code cpuacct.usage} or {@code cpu.stat}. */
  public Optional<String> usageFile(KernelFiles files) {
    return List.of(accounting("cpuacct.usage"), directory + "/cpu.stat").stream()
        .filter(files::exists)
        .findFirst();
  }

  /** Version 1's nanoseconds by CPU; absent on version 2. */
  public Optional<String> perCpuUsageFile(KernelFiles files) {
    return Optional.of(accounting("cpuacct.usage_percpu")).filter(files::exists);
  }

  /** The same group under the controller that accounts, which may be mounted elsewhere. */
  private String accounting(String file) {
    String cpu = mounts.version1().getOrDefault("cpu", "");
    String cpuacct = mounts.version1().getOrDefault("cpuacct", cpu);
    boolean below = !cpu.isEmpty() && (directory + "/").startsWith(cpu + "/");
    return (below ? cpuacct + directory.substring(cpu.length()) : directory) + "/" + file;
  }
}

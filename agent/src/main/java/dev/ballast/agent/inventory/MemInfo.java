package dev.ballast.agent.inventory;

import dev.ballast.agent.host.kernel.KernelFiles;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The machine's memory as /proc/meminfo tells it; nodes may know less of it, as under ballooning.
 */
final class MemInfo {
  private static final Pattern TOTAL = Pattern.compile("MemTotal:\\s+([0-9]{1,15}) kB");
  private static final long KIB = 1024;

  private final KernelFiles files;

  MemInfo(KernelFiles files) {
    this.files = files;
  }

  OptionalLong totalBytes() {
    Matcher matcher = TOTAL.matcher(files.read("/proc/meminfo").orElse(""));
    return matcher.find()
        ? OptionalLong.of(Long.parseLong(matcher.group(1)) * KIB)
        : OptionalLong.empty();
  }
}

package dev.ballast.agent.command;

import dev.ballast.agent.host.cgroup.GroupLimits;
import dev.ballast.agent.host.libvirt.PinScope;
import dev.ballast.agent.host.libvirt.TypedParameters;
import dev.ballast.core.model.DiskRate;
import dev.ballast.core.model.MemoryCap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The limits of a domain as libvirt keeps them: one set of numbers live, one persistent. */
final class FakeLimits {
  static final long MEMORY_KIB = 32_768;
  static final String MAC = "52:54:00:00:00:01";
  private static final long DEFAULT_SHARES = 1_024;
  private static final long UNLIMITED_KIB = 9_007_199_254_740_991L;

  final Map<String, Long> config = new TreeMap<>();
  final Map<String, Long> live = new TreeMap<>();

  void start() {
    live.clear();
    live.putAll(config);
  }

  void set(String prefix, TypedParameters parameters, PinScope scope) {
    for (String part : parameters.toString().split(" ")) {
      String[] pair = part.split("=");
      on(scope, numbers -> put(numbers, prefix + pair[0], Long.parseLong(pair[1])));
    }
  }

  void memory(long bytes, PinScope scope) {
    on(scope, numbers -> put(numbers, "memory", bytes / 1024));
  }

  private void on(PinScope scope, Consumer<Map<String, Long>> change) {
    if (scope != PinScope.LIVE) {
      change.accept(config);
    }
    if (scope != PinScope.CONFIG) {
      change.accept(live);
    }
  }

  /** Unlimited, lifted, the default shares and the whole memory leave nothing behind. */
  private static void put(Map<String, Long> numbers, String name, long value) {
    boolean none =
        value <= 0
            || value == UNLIMITED_KIB
            || (name.equals("weight") && value == 100)
            || (name.equals("memory") && value == MEMORY_KIB)
            || (name.equals("cpu_shares") && value == DEFAULT_SHARES);
    if (none) {
      numbers.remove(name);
      numbers.remove(name.replace("_quota", "_period"));
    } else {
      numbers.put(name, value);
    }
  }

  /** The XML with the numbers put in. */
  static String into(String xml, Map<String, Long> numbers) {
    StringBuilder tune = new StringBuilder();
    element(tune, "shares", numbers.get("cpu_shares"));
    for (String threads : new String[] {"vcpu", "global", "emulator", "iothread"}) {
      String prefix = threads.equals("vcpu") ? "" : threads + "_";
      element(tune, prefix + "period", numbers.get(threads + "_period"));
      element(tune, prefix + "quota", numbers.get(threads + "_quota"));
    }
    StringBuilder memory = new StringBuilder();
    long current = numbers.getOrDefault("memory", MEMORY_KIB);
    memory.append("<currentMemory unit='KiB'>").append(current).append("</currentMemory>");
    memory.append("<blkiotune>");
    element(memory, "weight", numbers.get("weight"));
    memory.append("</blkiotune><memtune>");
    for (String limit : new String[] {"hard_limit", "soft_limit", "swap_hard_limit"}) {
      element(memory, limit, numbers.get(limit));
    }
    memory.append("</memtune>");
    return xml.replace("</memory>", "</memory>" + memory)
        .replace("<cputune>", "<cputune>" + tune)
        .replace("</domain>", devices(numbers) + "</domain>");
  }

  private static String devices(Map<String, Long> numbers) {
    StringBuilder iotune = new StringBuilder();
    StringBuilder bandwidth = new StringBuilder();
    for (DiskRate rate : DiskRate.values()) {
      for (String name : List.of(rate.element(), rate.burstElement(), rate.secondsElement())) {
        element(iotune, name, numbers.get("vda " + name));
      }
    }
    for (String direction : new String[] {"inbound", "outbound"}) {
      if (numbers.containsKey("nic " + direction + ".average")) {
        bandwidth.append('<').append(direction);
        for (String part : new String[] {"average", "peak", "burst"}) {
          Long value = numbers.get("nic " + direction + "." + part);
          bandwidth.append(value == null ? "" : " " + part + "='" + value + "'");
        }
        bandwidth.append("/>");
      }
    }
    return "<devices><disk type='file'><target dev='vda'/>"
        + (iotune.isEmpty() ? "" : "<iotune>" + iotune + "</iotune>")
        + "</disk><interface type='bridge'><mac address='"
        + MAC
        + "'/>"
        + (bandwidth.isEmpty() ? "" : "<bandwidth>" + bandwidth + "</bandwidth>")
        + "</interface></devices>";
  }

  private static void element(StringBuilder text, String name, Long value) {
    if (value != null) {
      text.append('<').append(name).append('>').append(value);
      text.append("</").append(name).append('>');
    }
  }

  /** What the control groups of the running domain would tell. */
  GroupLimits groups() {
    return new GroupLimits(
        live.getOrDefault("cpu_shares", 1024L),
        GroupLimits.quota(live.getOrDefault("vcpu_quota", 0L), period("vcpu")),
        GroupLimits.quota(live.getOrDefault("emulator_quota", 0L), period("emulator")),
        GroupLimits.quota(live.getOrDefault("global_quota", 0L), period("global")),
        bytes("soft_limit"),
        GroupLimits.quota(live.getOrDefault("iothread_quota", 0L), period("iothread")),
        new MemoryCap(bytes("hard_limit"), bytes("swap_hard_limit")),
        Optional.of(live.getOrDefault("weight", 100L).intValue()));
  }

  private Optional<Long> bytes(String name) {
    return Optional.ofNullable(live.get(name)).map(kib -> kib * 1024);
  }

  private long period(String threads) {
    return live.getOrDefault(threads + "_period", 0L);
  }
}

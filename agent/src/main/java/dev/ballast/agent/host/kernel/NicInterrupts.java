package dev.ballast.agent.host.kernel;

import java.util.Collections;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which CPUs serve the interrupts of the host's network cards. Only read: irqbalance, or whoever
 * else sets them, is let be.
 */
public final class NicInterrupts {
  private static final String NETWORK = "/sys/class/net";
  private static final int LIST_LIMIT_BYTES = 4_096;

  private NicInterrupts() {}

  /** By card, then by CPU list, how many interrupts it serves; cards without any are left out. */
  public static SortedMap<String, SortedMap<String, Integer>> read(KernelFiles files) {
    SortedMap<String, SortedMap<String, Integer>> cards = new TreeMap<>();
    for (String card : files.list(NETWORK)) {
      SortedMap<String, Integer> lists = new TreeMap<>();
      for (String irq : files.list(NETWORK + "/" + card + "/device/msi_irqs")) {
        OptionalLong number = KernelFiles.leadingLong(irq);
        if (number.isPresent()) {
          String directory = "/proc/irq/" + number.getAsLong();
          files
              .read(directory + "/effective_affinity_list", LIST_LIMIT_BYTES)
              .or(() -> files.read(directory + "/smp_affinity_list", LIST_LIMIT_BYTES))
              .map(String::strip)
              .filter(list -> !list.isEmpty())
              .ifPresent(list -> lists.merge(list, 1, Integer::sum));
        }
      }
      if (!lists.isEmpty()) {
        cards.put(card, lists);
      }
    }
    return Collections.unmodifiableSortedMap(cards);
  }
}

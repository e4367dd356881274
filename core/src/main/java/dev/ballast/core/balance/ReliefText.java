package dev.ballast.core.balance;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.VmName;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The reasons of a relief in words. */
final class ReliefText {
  private final HostView view;
  private final HotHost hot;
  private final long target;
  private final RepinSearch.Result result;
  private final CpuSet overloaded;

  ReliefText(HostView view, HotHost hot, long target, RepinSearch.Result result) {
    this.view = view;
    this.hot = hot;
    this.target = target;
    this.result = result;
    this.overloaded = hot.loads().above(target);
  }

  Decision moved(Guest guest, CpuPins pins, boolean recommended) {
    boolean within = guest.near().containsAll(pins.allVcpuCpus());
    return new Decision(
        "repin",
        Optional.of(guest.vm()),
        (recommended ? "recommended, waits for apply: " : "")
            + "CPUs "
            + overloaded
            + " of "
            + view.name()
            + " are wanted at "
            + percent(hot.loads().highest())
            + " (above "
            + percent(target)
            + "): vCPUs move from CPUs "
            + guest.pins().allVcpuCpus()
            + " to "
            + pins.allVcpuCpus()
            + remaining(),
        "1 online re-pin, "
            + (within ? "within its NUMA node" : "to another NUMA node: its memory stays behind"),
        "highest predicted CPU load "
            + percent(hot.loads().highest())
            + " -> "
            + percent(result.loads().highest())
            + ", "
            + percent(hot.loads().highest() - result.loads().highest())
            + " points less",
        options());
  }

  /** One for each VM on overloaded CPUs that stays. */
  List<Decision> stayed(Set<VmName> moved) {
    List<Decision> decisions = new ArrayList<>();
    for (Guest guest : hot.guests()) {
      if (!moved.contains(guest.vm()) && onOverloaded(guest)) {
        String reason = guest.movable() ? "moving " + moved + " gains enough" : guest.fixed();
        decisions.add(
            new Decision(
                "wait",
                Optional.of(guest.vm()),
                "stays on CPUs " + guest.pins().allVcpuCpus() + ": " + reason,
                "none",
                "none",
                List.of()));
      }
    }
    return decisions;
  }

  /** Why nothing is moved, and what would help. */
  String notWorth(long minGainMillis) {
    return "CPUs "
        + overloaded
        + " are wanted at "
        + percent(hot.loads().highest())
        + ", but no new pins gain "
        + percent(minGainMillis)
        + " points (best "
        + percent(result.loads().highest())
        + "); "
        + whatWould();
  }

  List<String> whyOthersStay() {
    return hot.guests().stream()
        .filter(guest -> !guest.movable() && onOverloaded(guest))
        .map(guest -> "move " + guest.vm() + ": " + guest.fixed())
        .toList();
  }

  private List<String> options() {
    List<String> options = new ArrayList<>();
    options.add("leave all as it is: " + percent(hot.loads().highest()));
    options.addAll(whyOthersStay());
    options.add("migrate a VM: re-pinning comes first");
    return options;
  }

  private String remaining() {
    return result.loads().overload(target) == 0 ? "" : "; it does not end all: " + whatWould();
  }

  private String whatWould() {
    long capacity = view.inventory().cpuCapacityMillis();
    String who =
        hot.guests().stream()
            .filter(Guest::movable)
            .max(Comparator.comparingLong(Guest::demandMillis).thenComparing(Guest::vm))
            .map(guest -> guest.vm() + " (" + percent(guest.demandMillis()) + ")")
            .orElse("a VM");
    return "the VMs of "
        + view.name()
        + " want "
        + percent(hot.demandMillis())
        + " of "
        + percent(capacity)
        + "; migrating "
        + who
        + " to another host would help";
  }

  private boolean onOverloaded(Guest guest) {
    return guest.pins().allVcpuCpus().intersects(overloaded);
  }

  /** Thousandths of a CPU as percent of one. */
  private static String percent(long millis) {
    return millis % 10 == 0
        ? millis / 10 + " %"
        : String.format(Locale.ROOT, "%d.%d %%", millis / 10, Math.abs(millis % 10));
  }
}

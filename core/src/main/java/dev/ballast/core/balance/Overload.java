package dev.ballast.core.balance;

import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.HostView;
import java.util.Locale;

/**
 * How much the VMs of a host want above what it may give, in thousandths of a CPU.
 *
 * <pre>
 * overload = max(0, Σ demand − limit) + Σ over the CPUs max(0, load − target)
 * </pre>
 *
 * @param limitMillis what the VMs together may want: the alert's threshold where it is about the
 *     host, else the policy's share of its capacity
 */
record Overload(
    String host,
    long demandMillis,
    long capacityMillis,
    long limitMillis,
    long targetMillis,
    long onCpusMillis) {
  static Overload of(HostView view, CpuAlert alert, HotHost hot, ReliefPolicy policy) {
    long capacity = view.inventory().cpuCapacityMillis();
    long share = capacity * policy.migration().hostPercent() / 100;
    boolean told = alert.kind() == CpuAlert.Kind.HOT_HOST && alert.thresholdMillis() > 0;
    long target = RepinRelief.target(alert, policy);
    return new Overload(
        view.name().value(),
        hot.demandMillis(),
        capacity,
        told ? Math.min(capacity, alert.thresholdMillis()) : Math.max(share, 1),
        target,
        hot.loads().overload(target));
  }

  /** Whether the VMs together want more than the host's limit. */
  boolean ofHost() {
    return demandMillis > limitMillis;
  }

  long totalMillis() {
    return Math.max(0, demandMillis - limitMillis) + onCpusMillis;
  }

  boolean isNone() {
    return totalMillis() == 0;
  }

  /** What is left once that guest is away. */
  long without(Guest guest, HotHost hot) {
    CpuLoads loads = hot.loads().copy();
    loads.add(guest.pins(), -guest.perVcpuMillis());
    return Math.max(0, demandMillis - guest.demandMillis() - limitMillis)
        + loads.overload(targetMillis);
  }

  String text() {
    return "the VMs of "
        + host
        + " want "
        + percent(demandMillis)
        + " of its "
        + percent(capacityMillis)
        + " (limit "
        + percent(limitMillis)
        + ")";
  }

  static String percent(long millis) {
    return millis % 10 == 0
        ? millis / 10 + " %"
        : String.format(Locale.ROOT, "%d.%d %%", millis / 10, Math.abs(millis % 10));
  }
}

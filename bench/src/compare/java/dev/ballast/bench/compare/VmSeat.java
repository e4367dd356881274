package dev.ballast.bench.compare;

import ai.timefold.solver.core.api.domain.common.PlanningId;
import ai.timefold.solver.core.api.domain.entity.PlanningEntity;
import ai.timefold.solver.core.api.domain.variable.PlanningVariable;
import org.jspecify.annotations.Nullable;

/** A VM and the host that Timefold gives it. */
@PlanningEntity(comparatorClass = VmSeat.BySize.class)
public class VmSeat {
  /** Small before large, as Timefold's construction expects. */
  public static final class BySize implements java.util.Comparator<VmSeat> {
    @Override
    public int compare(VmSeat a, VmSeat b) {
      int byCpu = Long.compare(a.cpu, b.cpu);
      int byMemory = byCpu == 0 ? Long.compare(a.memory, b.memory) : byCpu;
      return byMemory == 0 ? Integer.compare(b.id, a.id) : byMemory;
    }
  }

  /** A host; by identity. */
  public static final class HostBin {
    final int index;
    final long cpu;
    final long memory;

    HostBin(int index, long cpu, long memory) {
      this.index = index;
      this.cpu = cpu;
      this.memory = memory;
    }
  }

  @PlanningId private int id;
  private long cpu;
  private long memory;
  private int group;
  private boolean grouped;
  @PlanningVariable private @Nullable HostBin host;

  /** For Timefold. */
  public VmSeat() {}

  VmSeat(int id, long cpu, long memory, int group, boolean grouped) {
    this.id = id;
    this.cpu = cpu;
    this.memory = memory;
    this.group = group;
    this.grouped = grouped;
  }

  public int getId() {
    return id;
  }

  public long getCpu() {
    return cpu;
  }

  public long getMemory() {
    return memory;
  }

  public int getGroup() {
    return group;
  }

  public boolean isGrouped() {
    return grouped;
  }

  public @Nullable HostBin getHost() {
    return host;
  }

  public void setHost(@Nullable HostBin host) {
    this.host = host;
  }
}

package dev.ballast.bench.compare;

import ai.timefold.solver.core.api.domain.solution.PlanningEntityCollectionProperty;
import ai.timefold.solver.core.api.domain.solution.PlanningScore;
import ai.timefold.solver.core.api.domain.solution.PlanningSolution;
import ai.timefold.solver.core.api.domain.solution.ProblemFactCollectionProperty;
import ai.timefold.solver.core.api.domain.valuerange.ValueRangeProvider;
import ai.timefold.solver.core.api.score.HardSoftScore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The cluster as Timefold's planning solution. */
@PlanningSolution
public class TimefoldCluster {
  @ValueRangeProvider @ProblemFactCollectionProperty private List<VmSeat.HostBin> hosts = List.of();
  @PlanningEntityCollectionProperty private List<VmSeat> vms = List.of();
  @PlanningScore private @Nullable HardSoftScore score;

  /** For Timefold. */
  public TimefoldCluster() {}

  TimefoldCluster(List<VmSeat.HostBin> hosts, List<VmSeat> vms) {
    this.hosts = hosts;
    this.vms = vms;
  }

  public List<VmSeat.HostBin> getHosts() {
    return hosts;
  }

  public List<VmSeat> getVms() {
    return vms;
  }

  public @Nullable HardSoftScore getScore() {
    return score;
  }

  public void setScore(@Nullable HardSoftScore score) {
    this.score = score;
  }
}

package dev.ballast.core.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.planning.ApplyPlanner;
import dev.ballast.core.planning.PinPlanner;
import dev.ballast.core.planning.PlanResult;
import dev.ballast.core.topology.CpuSet;
import java.util.Arrays;
import java.util.List;

/** Snapshots made by the planners themselves. */
public final class Cluster {
  private Cluster() {}

  /** The snapshot after the VMs were applied. */
  public static Snapshot running(Snapshot snapshot, VmSpec... specs) {
    return Enactment.of(snapshot, applied(snapshot, Arrays.asList(specs)));
  }

  public static Plan applied(Snapshot snapshot, List<VmSpec> specs) {
    return plan(new ApplyPlanner().plan(snapshot, specs, PlacementPolicy.DEFAULT));
  }

  /** The snapshot after the VM was pinned once, as an assignment that relief may change. */
  public static Snapshot pinnedOnce(Snapshot snapshot, String vm, int cpu) {
    CpuPins pins = CpuPins.uniform(1, CpuSet.of(cpu));
    return Enactment.of(snapshot, plan(new PinPlanner().plan(snapshot, Sample.vm(vm), pins, true)));
  }

  public static Plan plan(PlanResult result) {
    assertThat(result).isInstanceOf(PlanResult.Planned.class);
    return ((PlanResult.Planned) result).plan();
  }

  public static List<String> problems(PlanResult result) {
    assertThat(result).isInstanceOf(PlanResult.Impossible.class);
    return ((PlanResult.Impossible) result).problems().stream().map(Object::toString).toList();
  }

  public static List<String> describe(Plan plan) {
    return plan.steps().stream()
        .map(step -> step.host() + " " + step.planned().action().describe())
        .toList();
  }
}

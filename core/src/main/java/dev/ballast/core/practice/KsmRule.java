package dev.ballast.core.practice;

import dev.ballast.core.model.HostView;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.planning.KsmChange;
import dev.ballast.core.planning.KsmPlanner;
import dev.ballast.core.planning.PlanResult;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** KSM merges equal pages on a host with several guests. */
final class KsmRule implements Rule {
  private static final int GUESTS_THAT_SHARE = 2;

  @Override
  public String id() {
    return "BL001";
  }

  @Override
  public String title() {
    return "KSM on";
  }

  @Override
  public String why() {
    return "Guests of one image hold the same pages; without KSM each keeps a copy of its own.";
  }

  @Override
  public List<Finding> examine(Snapshot snapshot, HostView host) {
    Optional<KsmSettings> ksm = host.ksm();
    long guests = host.domains().values().stream().filter(KsmRule::runs).count();
    if (ksm.isEmpty() || ksm.get().run() == 1 || guests < GUESTS_THAT_SHARE) {
      return List.of();
    }
    return List.of(
        new Finding(
            id(),
            Severity.WARNING,
            host.name(),
            Optional.empty(),
            "ksm/run",
            "KSM is off (run=" + ksm.get().run() + ") while " + guests + " guests run",
            "ballast ksm on --host "
                + host.name()
                + " --run; by hand: echo 1 >/sys/kernel/mm/ksm/run",
            plan(snapshot, host)));
  }

  private static boolean runs(ObservedDomain domain) {
    return domain.state().isActive();
  }

  private static Optional<Plan> plan(Snapshot snapshot, HostView host) {
    return new KsmPlanner().plan(snapshot, Set.of(host.name()), KsmChange.run(1))
            instanceof PlanResult.Planned(var plan)
        ? Optional.of(plan)
        : Optional.empty();
  }
}

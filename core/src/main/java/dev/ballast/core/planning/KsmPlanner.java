package dev.ballast.core.planning;

import dev.ballast.core.action.Expectation.KsmRecord;
import dev.ballast.core.action.Reversible.SetKsm;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.plan.Decision;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.Origin;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Plans changes of KSM. Pure. */
public final class KsmPlanner {
  /** Plans the change on each of the hosts; hosts already there get no step. */
  public PlanResult plan(Snapshot snapshot, Set<HostName> hosts, KsmChange change) {
    PlanDraft draft = new PlanDraft(snapshot);
    if (hosts.isEmpty()) {
      draft.problem("ksm", "no host is named");
    }
    for (HostName host : new TreeSet<>(hosts)) {
      plan(snapshot, host, change, draft);
    }
    return draft.finish("change KSM on " + new TreeSet<>(hosts), Origin.OPERATOR);
  }

  /** Plans what the policy decided about one host. */
  public PlanResult judged(
      Snapshot snapshot,
      HostName host,
      KsmSettings target,
      String reason,
      String cost,
      String gain) {
    PlanDraft draft = new PlanDraft(snapshot);
    HostView view = snapshot.hosts().get(host);
    if (view == null || view.ksm().isEmpty()) {
      draft.problem(host, "has no KSM");
      return draft.finish("", Origin.BALANCER);
    }
    draft.step(host, new SetKsm(target), new KsmRecord(view.ksm().get()), List.of());
    draft.decide(new Decision("ksm", Optional.empty(), reason, cost, gain, List.of()));
    draft.change(new DesiredChange.PutKsm(host, target));
    return draft.finish("change KSM on " + host, Origin.BALANCER);
  }

  private static void plan(Snapshot snapshot, HostName host, KsmChange change, PlanDraft draft) {
    HostView view = snapshot.hosts().get(host);
    if (view == null) {
      draft.problem(host, "no such host is known");
      return;
    }
    if (view.ksm().isEmpty()) {
      draft.problem(host, "has no KSM");
      return;
    }
    KsmSettings found = view.ksm().get();
    KsmSettings target;
    try {
      target = change.applyTo(found);
    } catch (IllegalArgumentException e) {
      draft.problem(host, String.valueOf(e.getMessage()));
      return;
    }
    if (found.mergeAcrossNodes().isEmpty() && target.mergeAcrossNodes().isPresent()) {
      draft.problem(host, "its kernel has no merge_across_nodes (CONFIG_NUMA)");
      return;
    }
    if (!target.equals(found)) {
      draft.step(host, new SetKsm(target), new KsmRecord(found), List.of());
      draft.decide(
          new Decision(
              "operator",
              Optional.empty(),
              "KSM on " + host + ": " + found.describe() + " becomes " + target.describe(),
              cost(target.run()),
              target.run() == KsmSettings.SCANNING
                  ? "memory of equal pages"
                  : "CPU time of the scanner",
              List.of()));
    }
    if (!target.equals(snapshot.desiredKsm().get(host))) {
      draft.change(new DesiredChange.PutKsm(host, target));
    }
  }

  private static String cost(int run) {
    return switch (run) {
      case KsmSettings.SCANNING -> "CPU time of the scanner";
      case KsmSettings.UNMERGING -> "all memory that merging saves, at once";
      default -> "pages that change are no longer merged again";
    };
  }
}

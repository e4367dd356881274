package dev.ballast.core.planning;

import dev.ballast.core.action.Action;
import dev.ballast.core.action.Expectation.HostSettingRecord;
import dev.ballast.core.action.Final;
import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostView;
import dev.ballast.core.plan.BeforeState;
import dev.ballast.core.plan.PlanStep;
import java.util.List;
import java.util.Optional;

/** The way back of one thing of a host. */
final class HostSettingRollback {
  private final HostView host;
  private final List<PlanStep> steps;
  private final String since;
  private final PlanDraft draft;

  HostSettingRollback(HostView host, List<PlanStep> steps, String since, PlanDraft draft) {
    this.host = host;
    this.steps = steps;
    this.since = since;
    this.draft = draft;
  }

  /** Tells what nothing takes back. */
  private boolean isFinal() {
    return switch (steps.getLast().planned().action()) {
      case Final.GrowVolume grow -> {
        draft.problem(
            host.name(),
            "'"
                + grow.describe()
                + "' is final: its guest may have written behind the former end; keep the new size");
        yield true;
      }
      case Final.PurgeTrash purge -> {
        draft.problem(host.name(), "'" + purge.describe() + "' is final");
        yield true;
      }
      case Action ignored -> false;
    };
  }

  void add() {
    if (isFinal()) {
      return;
    }
    Optional<BeforeState> before = BeforeState.of(steps.getFirst().planned().expectation());
    if (!(steps.getLast().planned().action() instanceof SetHostSetting(HostSetting set))
        || !(before.orElse(null) instanceof BeforeState.HostSettingBefore(HostSetting former))) {
      draft.problem(host.name(), "what it was before is not recorded");
      return;
    }
    HostSetting found = host.found(set);
    if (found == null) {
      draft.problem(host.name(), "has no " + set.key() + " any more");
    } else if (found.equals(set)) {
      draft.step(host.name(), new SetHostSetting(former), new HostSettingRecord(found), List.of());
    } else if (!found.equals(former)) {
      draft.problem(
          host.name(),
          set.key()
              + " is "
              + found.value()
              + ", the operation had set "
              + set.value()
              + ": "
              + since
              + "; nothing is rolled back");
    }
  }
}

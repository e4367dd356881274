package dev.ballast.core.planning;

import dev.ballast.core.action.Expectation.KsmRecord;
import dev.ballast.core.action.Reversible.SetKsm;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.plan.BeforeState;
import dev.ballast.core.plan.PlanStep;
import java.util.List;
import java.util.Optional;

/** The way back of one host's KSM. */
final class KsmRollback {
  private final HostView host;
  private final List<PlanStep> steps;
  private final String since;
  private final PlanDraft draft;

  KsmRollback(HostView host, List<PlanStep> steps, String since, PlanDraft draft) {
    this.host = host;
    this.steps = steps;
    this.since = since;
    this.draft = draft;
  }

  void add() {
    Optional<BeforeState> before = BeforeState.of(steps.getFirst().planned().expectation());
    if (!(steps.getLast().planned().action() instanceof SetKsm(KsmSettings set))
        || !(before.orElse(null) instanceof BeforeState.KsmBefore(KsmSettings former))) {
      draft.problem(host.name(), "what KSM was before is not recorded");
      return;
    }
    if (host.ksm().isEmpty()) {
      draft.problem(host.name(), "has no KSM any more");
      return;
    }
    KsmSettings found = host.ksm().get();
    if (found.equals(former)) {
      return;
    }
    differ("run", set.run(), found.run());
    differ("pages_to_scan", set.pagesToScan(), found.pagesToScan());
    differ("sleep_millisecs", set.sleepMillis(), found.sleepMillis());
    if (set.mergeAcrossNodes().isPresent()) {
      differ("merge_across_nodes", across(set), across(found));
    }
    if (set.heldBy(found)) {
      draft.step(host.name(), new SetKsm(former), new KsmRecord(found), List.of());
    }
  }

  private static int across(KsmSettings settings) {
    return settings.mergeAcrossNodes().orElse(false) ? 1 : 0;
  }

  private void differ(String field, long set, long found) {
    if (set != found) {
      draft.problem(
          host.name(),
          "KSM "
              + field
              + " is "
              + found
              + ", the operation had set "
              + set
              + ": "
              + since
              + "; nothing is rolled back");
    }
  }
}

package dev.ballast.coordinator.execution;

import dev.ballast.core.action.FieldDifference;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.Applied;
import dev.ballast.core.action.Outcome.Failed;
import dev.ballast.core.action.Outcome.NeedsAttention;
import dev.ballast.core.action.Outcome.NotVerifiable;
import dev.ballast.core.action.Outcome.Refused;
import dev.ballast.core.action.Outcome.Skipped;
import dev.ballast.core.action.Outcome.Unchanged;
import dev.ballast.core.action.Outcome.Undone;
import dev.ballast.core.action.Outcome.Unknown;
import dev.ballast.core.action.Outcome.WouldApply;
import java.util.stream.Collectors;

/** Outcomes as operators read them. */
public final class OutcomeText {
  private OutcomeText() {}

  /** The outcome's name: one word. */
  public static String name(Outcome outcome) {
    return switch (outcome) {
      case Applied ignored -> "applied";
      case Unchanged ignored -> "unchanged";
      case WouldApply ignored -> "would-apply";
      case NotVerifiable ignored -> "not-verifiable";
      case Refused ignored -> "refused";
      case Failed ignored -> "failed";
      case Undone ignored -> "undone";
      case Skipped ignored -> "skipped";
      case Unknown ignored -> "unknown";
      case NeedsAttention ignored -> "needs-attention";
    };
  }

  /** The name and whatever the outcome says besides, on one line. */
  public static String of(Outcome outcome) {
    return switch (outcome) {
      case Applied applied -> "applied; before: " + applied.before();
      case Unchanged ignored -> "unchanged: it was at its target already";
      case WouldApply would -> "would " + would.text();
      case NotVerifiable later -> "not verifiable before step " + later.beforeStep();
      case Refused refused -> refused(refused);
      case Failed failed -> "failed: " + failed.error();
      case Undone undone -> "undone: " + undone.cause();
      case Skipped ignored -> "skipped";
      case Unknown unknown -> "unknown: " + unknown.detail();
      case NeedsAttention needs -> "needs attention: " + needs.detail();
    };
  }

  private static String refused(Refused refused) {
    String differences =
        refused.differences().stream()
            .map(FieldDifference::toString)
            .collect(Collectors.joining("; "));
    String separator = refused.detail().isEmpty() || differences.isEmpty() ? "" : "; ";
    return "refused (" + refused.reason() + "): " + refused.detail() + separator + differences;
  }
}

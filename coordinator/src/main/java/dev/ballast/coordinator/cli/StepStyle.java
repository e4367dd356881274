package dev.ballast.coordinator.cli;

import dev.ballast.v1.FieldDifference;
import dev.ballast.v1.OperationState;
import dev.ballast.v1.Outcome;
import dev.ballast.v1.Refused;
import java.util.Optional;
import java.util.stream.Collectors;

/** How the states of steps and operations look. */
final class StepStyle {
  private StepStyle() {}

  static Style of(String stepState) {
    return switch (stepState) {
      case "applied", "unchanged", "would-apply" -> Style.GOOD;
      case "refused", "undone", "unknown", "not-verifiable" -> Style.WARNING;
      case "failed", "needs-attention" -> Style.BAD;
      case "skipped", "waiting" -> Style.FAINT;
      default -> Style.PLAIN;
    };
  }

  static Style of(OperationState state) {
    return switch (state) {
      case OPERATION_STATE_APPLIED, OPERATION_STATE_VERIFIED -> Style.GOOD;
      case OPERATION_STATE_UNDONE, OPERATION_STATE_REFUSED -> Style.WARNING;
      case OPERATION_STATE_FAILED, OPERATION_STATE_NEEDS_ATTENTION -> Style.BAD;
      case OPERATION_STATE_RUNNING, OPERATION_STATE_UNSPECIFIED, UNRECOGNIZED -> Style.PLAIN;
    };
  }

  /** What an outcome says that people must read; absent where all is well. */
  static Optional<String> trouble(Outcome outcome) {
    return switch (outcome.getOutcomeCase()) {
      case REFUSED -> Optional.of(refused(outcome.getRefused()));
      case FAILED -> Optional.of("failed: " + outcome.getFailed().getError());
      case UNDONE -> Optional.of("undone: " + outcome.getUndone().getCause());
      case UNKNOWN -> Optional.of("unknown: " + outcome.getUnknown().getDetail());
      case NEEDS_ATTENTION ->
          Optional.of("needs attention: " + outcome.getNeedsAttention().getDetail());
      case APPLIED, UNCHANGED, WOULD_APPLY, NOT_VERIFIABLE, SKIPPED, OUTCOME_NOT_SET ->
          Optional.empty();
    };
  }

  private static String refused(Refused refused) {
    String differences =
        refused.getDifferencesList().stream()
            .map(StepStyle::difference)
            .collect(Collectors.joining("; "));
    String separator = refused.getDetail().isEmpty() || differences.isEmpty() ? "" : "; ";
    return "refused ("
        + Words.name(refused.getReason(), "REFUSAL_REASON_")
        + "): "
        + refused.getDetail()
        + separator
        + differences;
  }

  private static String difference(FieldDifference difference) {
    return difference.getField()
        + ": expected "
        + difference.getExpected()
        + ", found "
        + difference.getFound();
  }
}

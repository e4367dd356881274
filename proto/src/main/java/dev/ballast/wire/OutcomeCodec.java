package dev.ballast.wire;

import dev.ballast.core.action.FieldDifference;
import dev.ballast.core.action.Outcome;
import dev.ballast.v1.Applied;
import dev.ballast.v1.Failed;
import dev.ballast.v1.NeedsAttention;
import dev.ballast.v1.NotVerifiable;
import dev.ballast.v1.Refused;
import dev.ballast.v1.Skipped;
import dev.ballast.v1.Unchanged;
import dev.ballast.v1.Undone;
import dev.ballast.v1.Unknown;
import dev.ballast.v1.WouldApply;
import java.util.List;

/**
 * Outcomes. An outcome of a newer agent may carry more fields than are known here; only an unknown
 * kind of outcome is refused ({@link WireException}).
 */
public final class OutcomeCodec {
  private OutcomeCodec() {}

  public static dev.ballast.v1.Outcome toProto(Outcome outcome) {
    dev.ballast.v1.Outcome.Builder result = dev.ballast.v1.Outcome.newBuilder();
    switch (outcome) {
      case Outcome.Applied(var before, var micros) ->
          result.setApplied(Applied.newBuilder().setBefore(before).setMicros(micros));
      case Outcome.Unchanged() -> result.setUnchanged(Unchanged.getDefaultInstance());
      case Outcome.WouldApply(var text) ->
          result.setWouldApply(WouldApply.newBuilder().setText(text));
      case Outcome.NotVerifiable(var beforeStep) ->
          result.setNotVerifiable(NotVerifiable.newBuilder().setBeforeStep(beforeStep));
      case Outcome.Refused refused -> result.setRefused(toProto(refused));
      case Outcome.Failed(var error) -> result.setFailed(Failed.newBuilder().setError(error));
      case Outcome.Undone(var cause) -> result.setUndone(Undone.newBuilder().setCause(cause));
      case Outcome.Skipped() -> result.setSkipped(Skipped.getDefaultInstance());
      case Outcome.Unknown(var detail) -> result.setUnknown(Unknown.newBuilder().setDetail(detail));
      case Outcome.NeedsAttention(var detail) ->
          result.setNeedsAttention(NeedsAttention.newBuilder().setDetail(detail));
    }
    return result.build();
  }

  private static Refused toProto(Outcome.Refused refused) {
    return Refused.newBuilder()
        .setReason(EnumCodec.toProto(refused.reason()))
        .setDetail(refused.detail())
        .addAllDifferences(
            refused.differences().stream()
                .map(
                    difference ->
                        dev.ballast.v1.FieldDifference.newBuilder()
                            .setField(difference.field())
                            .setExpected(difference.expected())
                            .setFound(difference.found())
                            .build())
                .toList())
        .build();
  }

  public static Outcome fromProto(dev.ballast.v1.Outcome outcome) {
    return outcome(outcome, new At("Outcome"));
  }

  /** The outcomes of a command, one an action, in their order. */
  public static List<Outcome> fromProto(List<dev.ballast.v1.Outcome> outcomes) {
    return new At("CommandOutcome")
        .list(
            "outcomes",
            outcomes,
            dev.ballast.core.action.Command.ACTION_LIMIT,
            OutcomeCodec::outcome);
  }

  static Outcome outcome(dev.ballast.v1.Outcome p, At at) {
    return switch (p.getOutcomeCase()) {
      case APPLIED ->
          new Outcome.Applied(
              p.getApplied().getBefore(),
              at.field("applied").natural("micros", p.getApplied().getMicros()));
      case UNCHANGED -> new Outcome.Unchanged();
      case WOULD_APPLY -> new Outcome.WouldApply(p.getWouldApply().getText());
      case NOT_VERIFIABLE ->
          new Outcome.NotVerifiable(
              at.field("not_verifiable")
                  .intWithin(
                      "before_step", p.getNotVerifiable().getBeforeStep(), 0, Integer.MAX_VALUE));
      case REFUSED -> refused(p.getRefused(), at.field("refused"));
      case FAILED -> new Outcome.Failed(p.getFailed().getError());
      case UNDONE -> new Outcome.Undone(p.getUndone().getCause());
      case SKIPPED -> new Outcome.Skipped();
      case UNKNOWN -> new Outcome.Unknown(p.getUnknown().getDetail());
      case NEEDS_ATTENTION -> new Outcome.NeedsAttention(p.getNeedsAttention().getDetail());
      case OUTCOME_NOT_SET -> throw at.fault("holds no outcome that this version knows");
    };
  }

  private static Outcome refused(Refused p, At at) {
    return new Outcome.Refused(
        EnumCodec.fromProto(p.getReason(), at.field("reason")),
        p.getDetail(),
        at.list(
            "differences",
            p.getDifferencesList(),
            WireLimits.LIST_ENTRIES,
            (difference, place) ->
                new FieldDifference(
                    difference.getField(), difference.getExpected(), difference.getFound())));
  }
}

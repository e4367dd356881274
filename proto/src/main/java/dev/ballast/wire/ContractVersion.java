package dev.ballast.wire;

/** Which version of the contract two sides speak: the newest that both can. */
public final class ContractVersion {
  /** The version of the contract that this build speaks. */
  public static final int CURRENT = 1;

  /** The oldest version that this build can still speak. */
  public static final int OLDEST = 1;

  private ContractVersion() {}

  /** What came of a negotiation. */
  public sealed interface Result {
    /** Both speak this version. */
    record Agreed(int version) implements Result {}

    /** There is none that both speak; the sentence says who must be updated. */
    record Refused(String sentence) implements Result {}
  }

  /** The coordinator's answer to an agent's hello. */
  public static Result negotiate(int agentCurrent, int agentOldest) {
    if (agentOldest < 1 || agentCurrent < agentOldest) {
      return new Result.Refused(
          "the agent's contract versions "
              + agentOldest
              + " to "
              + agentCurrent
              + " make no sense");
    }
    if (agentCurrent < OLDEST) {
      return new Result.Refused(
          "the agent speaks contract version "
              + agentCurrent
              + ", this coordinator needs "
              + OLDEST
              + " or newer: update the agent");
    }
    if (agentOldest > CURRENT) {
      return new Result.Refused(
          "the agent needs contract version "
              + agentOldest
              + " or newer, this coordinator speaks "
              + CURRENT
              + ": update the coordinator");
    }
    return new Result.Agreed(Math.min(agentCurrent, CURRENT));
  }
}

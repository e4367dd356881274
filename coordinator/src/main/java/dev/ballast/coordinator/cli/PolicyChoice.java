package dev.ballast.coordinator.cli;

import dev.ballast.v1.RebalancePolicy;

/** How VMs are to stand on hosts. */
enum PolicyChoice {
  BALANCE(RebalancePolicy.REBALANCE_POLICY_BALANCE),
  CONSOLIDATE(RebalancePolicy.REBALANCE_POLICY_CONSOLIDATE),
  STABLE(RebalancePolicy.REBALANCE_POLICY_STABLE);

  private final RebalancePolicy asked;

  PolicyChoice(RebalancePolicy asked) {
    this.asked = asked;
  }

  RebalancePolicy asked() {
    return asked;
  }
}

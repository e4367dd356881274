package dev.ballast.core.demand;

import dev.ballast.core.model.VmName;

/**
 * What a VM wants of CPUs, in thousandths of one; see {@link DemandEstimator} for the formulas.
 *
 * @param lowMillis it wants at least this: what it got on average
 * @param expectedMillis the best guess between the two
 * @param highMillis it wants at most this: what it got and what it waited for
 */
public record VmDemand(VmName vm, long lowMillis, long expectedMillis, long highMillis) {
  public VmDemand {
    if (lowMillis < 0 || expectedMillis < lowMillis || highMillis < expectedMillis) {
      throw new IllegalArgumentException(
          "demand of "
              + vm
              + " is not ordered: "
              + lowMillis
              + ", "
              + expectedMillis
              + ", "
              + highMillis);
    }
  }
}

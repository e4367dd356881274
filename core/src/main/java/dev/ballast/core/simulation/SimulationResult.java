package dev.ballast.core.simulation;

/**
 * What a simulated time cost (metrics of Beloglazov and Buyya 2012; shares, not percent).
 *
 * @param energyKwh of all hosts while they were on
 * @param migrations done
 * @param slatah share of active host time with the CPU used up, over all hosts together
 * @param slatahPerHost the mean over hosts that were ever active of each host's own share (as the
 *     paper defines it)
 * @param slatahWithReceiving as {@code slatah}, where time in which a host receives a VM counts too
 *     (CloudSim 3 books such a host as giving less than was asked for)
 * @param pdm share of the demand that was lost to migrations, over all VMs together
 * @param pdmPerVm the mean over VMs of each VM's own share
 * @param unserved share of the demand that was not met because hosts were full
 * @param meanHosts active, over the whole time
 * @param hostsUsed that were ever active
 * @param deferredMoves that would not have ended before the next decision, and were not begun
 * @param refusedMoves that did not fit into the target's memory, and were not begun
 */
public record SimulationResult(
    double energyKwh,
    int migrations,
    double slatah,
    double slatahPerHost,
    double slatahWithReceiving,
    double pdm,
    double pdmPerVm,
    double unserved,
    double meanHosts,
    int hostsUsed,
    int deferredMoves,
    int refusedMoves) {
  /** SLA violation: SLATAH × PDM. */
  public double slav() {
    return slatah * pdm;
  }

  /** Energy and SLA violation: kWh × SLAV. */
  public double esv() {
    return energyKwh * slav();
  }
}

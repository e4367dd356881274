package dev.ballast.core.balance.fleet;

/**
 * What is known of a fleet at a decision.
 *
 * @param tick number of the decision
 * @param hostOf host of each VM
 * @param wanted by each VM in the newest sample: what it used and what it waited for
 * @param fresh whether that sample tells of this moment; else of the time since the last decision
 * @param overloadedShare of active host time since the last decision
 */
@SuppressWarnings("ArrayRecordComponent") // rows of primitives are what makes planning fast
public record FleetReading(
    int tick, int[] hostOf, double[] wanted, boolean fresh, double overloadedShare) {}

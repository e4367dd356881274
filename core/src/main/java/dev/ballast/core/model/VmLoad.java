package dev.ballast.core.model;

/**
 * The load of one running VM over the last sample, in thousandths of a CPU.
 *
 * @param usageMillis what its threads got
 * @param contentionMillis what its runnable vCPU threads waited for a CPU, without the time its own
 *     quota throttled it
 */
public record VmLoad(VmName vm, long usageMillis, long contentionMillis) {}

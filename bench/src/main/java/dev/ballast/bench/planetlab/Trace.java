package dev.ballast.bench.planetlab;

/**
 * One VM's recorded CPU use.
 *
 * @param usage share of its CPU, 0 to 1, by sample
 */
@SuppressWarnings("ArrayRecordComponent") // samples in a row
record Trace(String name, float[] usage) {}

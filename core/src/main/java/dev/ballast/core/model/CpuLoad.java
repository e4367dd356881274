package dev.ballast.core.model;

/** How busy one host CPU was over the last sample, in thousandths. */
public record CpuLoad(int cpu, long busyMillis) {}

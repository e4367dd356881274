package dev.ballast.core.topology;

/** The hugepages of one size on one NUMA node; counts are in pages. */
public record HugepagePool(long pageSizeBytes, long totalPages, long freePages) {}

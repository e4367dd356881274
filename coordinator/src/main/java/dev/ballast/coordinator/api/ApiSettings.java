package dev.ballast.coordinator.api;

/**
 * What the coordinator says of itself.
 *
 * @param cluster the cluster's name
 * @param version the build's
 */
public record ApiSettings(String cluster, String version) {}

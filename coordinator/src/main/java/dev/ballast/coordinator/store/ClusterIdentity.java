package dev.ballast.coordinator.store;

/**
 * Which cluster the store belongs to.
 *
 * @param uuid from which MACs and domain UUIDs are derived; never changes
 * @param name as in the certificates
 */
public record ClusterIdentity(String uuid, String name) {}

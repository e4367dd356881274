package dev.ballast.core.model;

/**
 * A virtio network card on a bridge of the host.
 *
 * @param mac six octets in lower case; always present after parsing (derived when not written)
 * @param openVswitch whether the bridge is an Open vSwitch one
 */
public record NicSpec(String bridge, String mac, boolean openVswitch) {}

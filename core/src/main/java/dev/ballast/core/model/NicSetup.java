package dev.ballast.core.model;

/**
 * A network card as a domain's XML configures it.
 *
 * @param model {@code virtio}, {@code e1000}, …; empty when the XML leaves it to the hypervisor
 */
public record NicSetup(String mac, String model) {}

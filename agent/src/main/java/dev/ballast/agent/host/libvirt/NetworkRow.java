package dev.ballast.agent.host.libvirt;

/**
 * A network of libvirt.
 *
 * @param xml its persistent definition; of one that has none, as it runs
 */
public record NetworkRow(
    String name, String uuid, String xml, boolean active, boolean persistent, boolean autostart) {}

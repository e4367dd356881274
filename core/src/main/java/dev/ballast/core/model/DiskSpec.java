package dev.ballast.core.model;

/**
 * A file on the host as a virtio disk.
 *
 * @param format {@code qcow2} or {@code raw}
 * @param cache libvirt's cache mode
 */
public record DiskSpec(String path, String format, String cache, boolean readOnly) {}

package dev.ballast.core.model;

/**
 * A disk as a domain's XML configures it.
 *
 * @param target the device within the guest ({@code vda})
 * @param device {@code disk}, {@code cdrom}, {@code floppy} or {@code lun}
 * @param bus {@code virtio}, {@code virtio-scsi}, {@code ide}, …; {@code scsi} is an emulated
 *     controller
 * @param cache libvirt's cache mode; empty when the XML leaves it to the hypervisor
 * @param source {@code file}, {@code block}, {@code network}, …
 */
public record DiskSetup(
    String target, String device, String bus, String cache, String source, boolean readOnly) {}

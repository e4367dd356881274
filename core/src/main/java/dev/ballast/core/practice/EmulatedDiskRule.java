package dev.ballast.core.practice;

import dev.ballast.core.model.DiskSetup;
import java.util.List;
import java.util.Set;

/** Disks are virtio, not emulated hardware. */
final class EmulatedDiskRule extends VmRule {
  private static final Set<String> PARAVIRTUAL = Set.of("virtio", "virtio-scsi", "xen");
  private static final Set<String> DISKS = Set.of("disk", "lun");

  @Override
  public String id() {
    return "BL004";
  }

  @Override
  public String title() {
    return "no emulated disk";
  }

  @Override
  public String why() {
    return "Each request to an emulated controller leaves the guest several times; virtio batches"
        + " them.";
  }

  @Override
  List<Finding> examine(Subject subject) {
    return subject.setup().disks().stream()
        .filter(disk -> DISKS.contains(disk.device()) && !PARAVIRTUAL.contains(disk.bus()))
        .map(disk -> finding(subject, disk))
        .toList();
  }

  private Finding finding(Subject subject, DiskSetup disk) {
    return finding(
        subject,
        Severity.WARNING,
        "disk " + disk.target() + " bus",
        "is emulated (" + disk.bus() + ")",
        subject.edit("<target dev='vd…' bus='virtio'/> instead of " + disk.target()));
  }
}

package dev.ballast.core.practice;

import dev.ballast.core.model.DiskSetup;
import java.util.List;
import java.util.Set;

/** Writethrough on a host by itself, none where the VM may be migrated. */
final class CacheModeRule extends VmRule {
  private static final Set<String> SAFE_ALONE = Set.of("writethrough", "none", "directsync");
  private static final Set<String> SAFE_TO_MIGRATE = Set.of("none", "directsync");

  @Override
  public String id() {
    return "BL003";
  }

  @Override
  public String title() {
    return "disk cache mode";
  }

  @Override
  public String why() {
    return "A host's write cache is lost with the host, and a page cache makes a live migration"
        + " unsafe: the other host reads what was not written yet.";
  }

  @Override
  List<Finding> examine(Subject subject) {
    boolean migrates = !subject.otherHosts().isEmpty();
    Set<String> safe = migrates ? SAFE_TO_MIGRATE : SAFE_ALONE;
    return subject.setup().disks().stream()
        .filter(CacheModeRule::isWrittenHere)
        .filter(disk -> !safe.contains(disk.cache()))
        .map(disk -> finding(subject, disk, migrates))
        .toList();
  }

  private static boolean isWrittenHere(DiskSetup disk) {
    return disk.device().equals("disk") && !disk.readOnly() && !disk.source().equals("network");
  }

  private Finding finding(Subject subject, DiskSetup disk, boolean migrates) {
    String wanted = migrates ? "none" : "writethrough";
    String found = disk.cache().isEmpty() ? "left to the hypervisor (writeback)" : disk.cache();
    return finding(
        subject,
        disk.cache().equals("unsafe") ? Severity.ERROR : Severity.WARNING,
        "disk " + disk.target() + " cache",
        "is " + found + (migrates ? "; the VM may run on other hosts too" : ""),
        subject.spec().isPresent()
            ? "in its specification: disks[].cache: " + wanted + "; then ballast apply"
            : subject.edit("<driver cache='" + wanted + "'/> of " + disk.target()));
  }
}

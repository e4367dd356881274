package dev.ballast.core.model;

/** How a VM boots: from its first disk, or directly into a kernel. */
public sealed interface BootSpec {
  /** Firmware boots the first disk. */
  record Disk() implements BootSpec {}

  /** A kernel and initrd on the host; absolute paths, {@code cmdline} may be empty. */
  record Kernel(String kernelPath, String initrdPath, String cmdline) implements BootSpec {}
}

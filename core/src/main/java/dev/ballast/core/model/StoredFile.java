package dev.ballast.core.model;

/**
 * A file that Ballast keeps on a host. Unlike other things of a host it may be absent, and then it
 * can be made.
 */
public sealed interface StoredFile extends HostSetting permits ImageFile, VolumeFile {
  /** Whether the host has it. */
  boolean isPresent();

  /** The same file where the host does not have it. */
  StoredFile absent();

  /** How long the host may take to make it, at worst. */
  long limitMillis();
}

package dev.ballast.core.model;

import java.util.Optional;

/**
 * A file on the host as a virtio disk.
 *
 * @param format {@code qcow2} or {@code raw}
 * @param cache libvirt's cache mode
 * @param volume what Ballast makes it of; absent for a file that is there anyhow
 */
public record DiskSpec(
    String path, String format, String cache, boolean readOnly, Optional<VolumeSource> volume) {
  /** Where volumes lie unless the specification names another directory. */
  public static final String DEFAULT_POOL = "/var/lib/ballast/volumes";

  /** A disk that Ballast does not make. */
  public DiskSpec(String path, String format, String cache, boolean readOnly) {
    this(path, format, cache, readOnly, Optional.empty());
  }

  /** The directory that its file lies in. */
  public String pool() {
    return path.substring(0, Math.max(1, path.lastIndexOf('/')));
  }
}

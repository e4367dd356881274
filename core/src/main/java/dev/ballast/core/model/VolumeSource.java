package dev.ballast.core.model;

import java.util.Optional;

/**
 * What a disk that Ballast makes is made of.
 *
 * @param image the image's name; absent for an empty disk
 * @param sizeBytes what the guest sees, a multiple of 1 MiB
 */
public record VolumeSource(Optional<String> image, Kind kind, long sizeBytes) {
  /** The smallest disk, and what sizes are multiples of. */
  public static final long GRAIN_BYTES = 1L << 20;

  /** No disk is larger. */
  public static final long LIMIT_BYTES = 64L << 40;

  /** How a disk comes from its image. */
  public enum Kind {
    /** It holds only what differs from the image; qcow2. */
    OVERLAY,
    /** It holds everything itself. */
    CLONE,
    /** It comes from no image. */
    BLANK
  }

  public VolumeSource {
    if (sizeBytes < GRAIN_BYTES || sizeBytes > LIMIT_BYTES || sizeBytes % GRAIN_BYTES != 0) {
      throw new IllegalArgumentException(
          "a disk has 1 MiB to 64 TiB, in whole MiB, not " + sizeBytes + " bytes");
    }
    if (image.isPresent() == (kind == Kind.BLANK)) {
      throw new IllegalArgumentException("a disk is made from an image, or blank");
    }
  }
}

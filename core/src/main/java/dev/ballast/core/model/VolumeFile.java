package dev.ballast.core.model;

import java.util.Locale;
import java.util.Optional;

/**
 * A disk that Ballast made on a host.
 *
 * @param path of the file
 * @param content absent where the host does not have it
 */
public record VolumeFile(String path, Optional<Content> content) implements StoredFile {
  /** The keys of volumes begin so. */
  public static final String KEY_PREFIX = "volume:";

  /** How long a host may take to make one: a clone copies the whole image. */
  public static final long MAKE_LIMIT_MILLIS = 1_800_000;

  private static final int PATH_LIMIT = 1_024;

  /**
   * What the volume is.
   *
   * @param owner the VM that it was made for
   * @param generation tells volumes apart that had the same path one after the other
   */
  public record Content(String format, VolumeSource source, VmName owner, long generation) {
    public Content {
      if (!format.equals("qcow2") && !format.equals("raw")) {
        throw new IllegalArgumentException("a volume is qcow2 or raw, not '" + format + "'");
      }
      if (source.kind() == VolumeSource.Kind.OVERLAY && !format.equals("qcow2")) {
        throw new IllegalArgumentException("an overlay is qcow2, not " + format);
      }
    }

    /** The same of another size. */
    public Content ofSize(long bytes) {
      return new Content(
          format, new VolumeSource(source.image(), source.kind(), bytes), owner, generation);
    }

    /** For people. */
    public String describe() {
      return LimitText.bytes(source.sizeBytes())
          + " "
          + format
          + " "
          + source.kind().name().toLowerCase(Locale.ROOT)
          + source.image().map(image -> " of image " + image).orElse("")
          + " for "
          + owner;
    }
  }

  public VolumeFile {
    if (!path.startsWith("/") || path.length() > PATH_LIMIT || path.contains("/../")) {
      throw new IllegalArgumentException("a volume has an absolute path, not '" + path + "'");
    }
  }

  /** A volume that a host has, or is to have. */
  public VolumeFile(String path, Content content) {
    this(path, Optional.of(content));
  }

  /** Whether it holds only what differs from that image. */
  public boolean isOverlayOf(String image) {
    return content
        .map(Content::source)
        .filter(source -> source.kind() == VolumeSource.Kind.OVERLAY)
        .filter(source -> source.image().equals(Optional.of(image)))
        .isPresent();
  }

  /** The key of the volume at that path. */
  public static String key(String path) {
    return KEY_PREFIX + path;
  }

  @Override
  public String key() {
    return key(path);
  }

  @Override
  public String value() {
    return content.map(Content::describe).orElse("absent");
  }

  @Override
  public boolean isPresent() {
    return content.isPresent();
  }

  @Override
  public VolumeFile absent() {
    return new VolumeFile(path, Optional.empty());
  }

  @Override
  public long limitMillis() {
    return MAKE_LIMIT_MILLIS;
  }
}

package dev.ballast.core.model;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An image in a host's store: immutable, and known by its digest.
 *
 * @param content absent where the host does not have the image
 */
public record ImageFile(String name, Optional<Content> content) implements StoredFile {
  /** What an image may be called. */
  public static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

  /** How long a host may take to fetch and check one. */
  public static final long FETCH_LIMIT_MILLIS = 3_600_000;

  /** The keys of images begin so. */
  public static final String KEY_PREFIX = "image:";

  /** Stands for the digest of an image whose file was changed since it was checked. */
  public static final String EDITED = "edited";

  /** At most so many characters in a source. */
  public static final int SOURCE_LIMIT = 2_048;

  private static final int SHOWN_DIGITS = 12;

  /**
   * What the image is.
   *
   * @param format {@code qcow2} or {@code raw}
   * @param digest of the file: {@code sha256:} or {@code sha512:} and small hexadecimal digits, or
   *     {@link #EDITED}
   * @param source whence it comes: {@code http}, {@code https} or {@code file}
   */
  public record Content(String format, String digest, String source) {
    private static final Pattern DIGEST =
        Pattern.compile("sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}|" + EDITED);
    private static final Pattern SOURCE =
        Pattern.compile("(?:https?://[^\\s/]+/|file:///)\\S*[^\\s/]");

    public Content {
      if (!format.equals("qcow2") && !format.equals("raw")) {
        throw new IllegalArgumentException(
            "an image's format is qcow2 or raw, not '" + format + "'");
      }
      if (!DIGEST.matcher(digest).matches()) {
        throw new IllegalArgumentException(
            "an image's digest is sha256: and 64 or sha512: and 128 hexadecimal digits, not '"
                + digest
                + "'");
      }
      if (!isSource(source)) {
        throw new IllegalArgumentException(
            "an image comes from http://HOST/…, https://HOST/… or file:///…, not '" + source + "'");
      }
    }

    /** Whether an image can come from there. */
    public static boolean isSource(String text) {
      return text.length() <= SOURCE_LIMIT && SOURCE.matcher(text).matches();
    }

    /** A digest of that algorithm as it is written down; absent for what is none. */
    public static Optional<String> digest(String algorithm, String digits) {
      String digest = algorithm + ":" + digits.toLowerCase(Locale.ROOT);
      return DIGEST.matcher(digest).matches() ? Optional.of(digest) : Optional.empty();
    }

    /** For people. */
    public String describe() {
      int end = Math.min(digest.length(), digest.indexOf(':') + 1 + SHOWN_DIGITS);
      return format
          + " "
          + (digest.equals(EDITED) ? "edited since it was fetched" : digest.substring(0, end));
    }
  }

  public ImageFile {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "an image's name has small letters, digits, '-', '_' and '.', at most 63, not '"
              + name
              + "'");
    }
  }

  /** An image that a host has, or is to have. */
  public ImageFile(String name, Content content) {
    this(name, Optional.of(content));
  }

  /** The key of the image of that name. */
  public static String key(String name) {
    return KEY_PREFIX + name;
  }

  @Override
  public String key() {
    return key(name);
  }

  @Override
  public String value() {
    return content.map(Content::describe).orElse("absent");
  }

  @Override
  public boolean isPresent() {
    return content.isPresent();
  }

  /** Whether its file is what was fetched. */
  public boolean isIntact() {
    return content.filter(found -> !found.digest().equals(EDITED)).isPresent();
  }

  @Override
  public ImageFile absent() {
    return new ImageFile(name, Optional.empty());
  }

  @Override
  public long limitMillis() {
    return FETCH_LIMIT_MILLIS;
  }
}

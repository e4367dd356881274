package dev.ballast.core.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names of links that Ballast makes: the same every time, and as short as the kernel wants. */
public final class LinkName {
  private static final int DIGITS = 12;

  private LinkName() {}

  /**
   * The prefix and a digest of what the link is for: 14 characters with a prefix of two.
   *
   * @param parts what makes it this link and no other, in order
   */
  public static String of(String prefix, String... parts) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(String.join("\n", parts).getBytes(StandardCharsets.UTF_8));
      return prefix + HexFormat.of().formatHex(digest).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}

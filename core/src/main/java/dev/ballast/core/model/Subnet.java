package dev.ballast.core.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of IPv4 addresses.
 *
 * @param bits the first address as a number
 * @param prefix how many leading bits all of them share
 */
public record Subnet(long bits, int prefix) {
  private static final Pattern FORM =
      Pattern.compile("([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})/([0-9]{1,2})");
  private static final int BITS = 32;
  private static final int OCTET = 8;
  private static final int HIGHEST_OCTET = 255;

  /**
   * The subnet that an address with a prefix is in.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static Subnet parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches() || Integer.parseInt(matcher.group(5)) > BITS) {
      throw new IllegalArgumentException(
          "'" + text + "' is no address with a prefix: write 192.0.2.1/24");
    }
    int prefix = Integer.parseInt(matcher.group(5));
    long bits = 0;
    for (int i = 1; i <= 4; i++) {
      int octet = Integer.parseInt(matcher.group(i));
      if (octet > HIGHEST_OCTET) {
        throw new IllegalArgumentException("'" + text + "' is no address: " + octet);
      }
      bits = bits << OCTET | octet;
    }
    return new Subnet(bits & mask(prefix), prefix);
  }

  private static long mask(int prefix) {
    return -1L << (BITS - prefix) & 0xFFFF_FFFFL;
  }

  /** Whether an address is in it; false for what is no address. */
  public boolean contains(String address) {
    try {
      return (parse(address + "/32").bits & mask(prefix)) == bits;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int shift = BITS - OCTET; shift >= 0; shift -= OCTET) {
      text.append(text.isEmpty() ? "" : ".").append(bits >> shift & HIGHEST_OCTET);
    }
    return text + "/" + prefix;
  }
}

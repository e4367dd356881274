package dev.ballast.core.spec;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** MAC addresses as written. */
final class MacAddress {
  private static final Pattern FORM = Pattern.compile("([0-9a-f]{2}:){5}[0-9a-f]{2}");
  private static final Pattern DASHED = Pattern.compile("([0-9a-f]{2}-){5}[0-9a-f]{2}");

  private MacAddress() {}

  /** The address in lower case. */
  static Optional<String> read(Field field) {
    return field
        .text(SpecParser.TEXT_LIMIT)
        .map(text -> text.toLowerCase(Locale.ROOT))
        .filter(mac -> isUsable(field, mac));
  }

  private static boolean isUsable(Field field, String mac) {
    String subject = "'" + field.key() + "' ";
    if (!FORM.matcher(mac).matches()) {
      field.fault(
          subject + "is six octets such as 52:54:00:12:34:56, not " + Quoted.of(mac),
          DASHED.matcher(mac).matches()
              ? Optional.of("did you mean '" + mac.replace('-', ':') + "'?")
              : Optional.empty());
      return false;
    }
    int first = Integer.parseInt(mac.substring(0, 2), 16);
    if ((first & 1) != 0) {
      field.fault(subject + mac + " is a group address", "the first octet must be even");
      return false;
    }
    if (first == 0xFE) {
      field.fault(
          subject + mac + " begins with FE, which libvirt keeps for the host's side",
          "begin with 52:54:00");
      return false;
    }
    if (mac.equals("00:00:00:00:00:00")) {
      field.fault(subject + "is the null address", "remove the key and Ballast derives one");
      return false;
    }
    return true;
  }
}

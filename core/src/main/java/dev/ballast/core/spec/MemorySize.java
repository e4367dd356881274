package dev.ballast.core.spec;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes of memory as written: a whole number and one of B, KiB, MiB, GiB, TiB. */
final class MemorySize {
  /** A guest has at least so much. */
  static final long MIN_BYTES = 1L << 20;

  /** A guest has at most so much: 64 TiB. */
  static final long MAX_BYTES = 1L << 46;

  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
  private static final Pattern FORM = Pattern.compile("([0-9]{1,15}) ?(B|KiB|MiB|GiB|TiB)");
  private static final Pattern NEAR =
      Pattern.compile("([0-9]{1,15}) ?([kmgt])(i?b)?", Pattern.CASE_INSENSITIVE);
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,15}");

  private MemorySize() {}

  static Optional<Long> read(Field field) {
    return field.text(SpecParser.TEXT_LIMIT).flatMap(text -> read(field, text));
  }

  private static Optional<Long> read(Field field, String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      field.fault(
          "'"
              + field.key()
              + "' is a whole number with a unit (B, KiB, MiB, GiB or TiB), not "
              + Quoted.of(text),
          hint(text));
      return Optional.empty();
    }
    Optional<Long> bytes = bytes(Long.parseLong(matcher.group(1)), matcher.group(2));
    if (bytes.isEmpty() || bytes.get() < MIN_BYTES || bytes.get() > MAX_BYTES) {
      field.fault(
          "'%s' is from %s to %s, not %s"
              .formatted(field.key(), print(MIN_BYTES), print(MAX_BYTES), text));
      return Optional.empty();
    }
    if (bytes.get() % 1024 != 0) {
      field.fault(
          "'" + field.key() + "' is a multiple of 1 KiB, not " + text,
          "the next is " + print(bytes.get() / 1024 * 1024 + 1024));
      return Optional.empty();
    }
    return bytes;
  }

  private static String hint(String text) {
    Matcher near = NEAR.matcher(text);
    if (near.matches()) {
      String prefix = near.group(2).toUpperCase(Locale.ROOT);
      return "did you mean '" + near.group(1) + prefix + "iB'?";
    }
    if (NUMBER.matcher(text).matches()) {
      return "the unit is missing: for mebibytes write '" + text + "MiB'";
    }
    return "such as 512MiB";
  }

  private static Optional<Long> bytes(long number, String unit) {
    int power = Arrays.asList(UNITS).indexOf(unit);
    long factor = 1L << (10 * power);
    return number > Long.MAX_VALUE / factor ? Optional.empty() : Optional.of(number * factor);
  }

  /** The size in the largest unit that divides it. */
  static String print(long bytes) {
    long number = bytes;
    int unit = 0;
    while (number != 0 && number % 1024 == 0 && unit < UNITS.length - 1) {
      number /= 1024;
      unit++;
    }
    return number + UNITS[unit];
  }
}

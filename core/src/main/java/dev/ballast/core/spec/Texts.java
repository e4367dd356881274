package dev.ballast.core.spec;

import java.util.OptionalInt;

/** Which characters a value may hold. */
final class Texts {
  private Texts() {}

  /** Neither a control or format code, nor half a pair, nor what XML cannot hold. */
  static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> !isDirection(c) && c != 0xFEFF && (c & 0xFFFE) != 0xFFFE;
    };
  }

  // Codes that turn the direction of what follows: a terminal would show another text.
  private static boolean isDirection(int c) {
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
  }

  static OptionalInt firstUnprintable(String text) {
    return text.codePoints().filter(c -> !isPrintable(c)).findFirst();
  }
}

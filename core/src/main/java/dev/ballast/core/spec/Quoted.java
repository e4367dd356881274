package dev.ballast.core.spec;

/** Shows text from outside within a message: quoted, cut, on one line, without control codes. */
final class Quoted {
  private static final int SHOWN_LIMIT = 60;

  private Quoted() {}

  static String of(String text) {
    return "'" + shown(text, SHOWN_LIMIT) + "'";
  }

  /** The text without quotes, cut at so many characters. */
  static String shown(String text, int limit) {
    StringBuilder shown = new StringBuilder();
    int count = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (count++ == limit) {
        return shown.append('…').toString();
      }
      append(shown, c);
      i += Character.charCount(c);
    }
    return shown.toString();
  }

  private static void append(StringBuilder shown, int c) {
    if (Texts.isPrintable(c)) {
      shown.appendCodePoint(c);
    } else if (c == '\n') {
      shown.append("\\n");
    } else if (c == '\t') {
      shown.append("\\t");
    } else {
      shown.append(name(c));
    }
  }

  /** The character's code, as {@code U+001B}. */
  static String name(int c) {
    return "U+" + "%04X".formatted(c);
  }
}

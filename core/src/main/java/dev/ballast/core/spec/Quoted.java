package dev.ballast.core.spec;

/** Shows text from outside within a message: quoted, cut, on one line, without control codes. */
final class Quoted {
  private static final int SHOWN_LIMIT = 60;

  private Quoted() {}

  static String of(String text) {
    StringBuilder shown = new StringBuilder("'");
    int count = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (count++ == SHOWN_LIMIT) {
        shown.append('…');
        break;
      }
      append(shown, c);
      i += Character.charCount(c);
    }
    return shown.append('\'').toString();
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

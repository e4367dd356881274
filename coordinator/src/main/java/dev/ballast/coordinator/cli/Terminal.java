package dev.ballast.coordinator.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;

/**
 * Where a command writes.
 *
 * @param live whether {@code out} is a terminal, so that lines may be rewritten
 * @param columns its width; without meaning where it is not live
 * @param colors plain where colours are not wanted
 */
record Terminal(PrintWriter out, PrintWriter err, boolean live, int columns, ColorScheme colors) {
  private static final int DEFAULT_COLUMNS = 80;
  private static final int LEAST_COLUMNS = 40;

  /** The process's own; the launcher says whether it is a terminal. */
  static Terminal ofProcess(boolean noColor) {
    boolean live = Boolean.getBoolean("ballast.terminal");
    return new Terminal(
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        live,
        Math.max(LEAST_COLUMNS, Integer.getInteger("ballast.columns", DEFAULT_COLUMNS)),
        Help.defaultColorScheme(live && !noColor ? Ansi.ON : Ansi.OFF));
  }

  /** Text of foreign origin: control characters could rewrite what stands on the terminal. */
  static String printable(String text) {
    StringBuilder result = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) && c != '\n' && c != '\t') {
        result = result == null ? new StringBuilder(text) : result;
        result.setCharAt(i, '?');
      }
    }
    return result == null ? text : result.toString();
  }

  void line(String text) {
    out.println(printable(text));
  }

  /** Text of several lines that may or may not end its last one. */
  void block(String text) {
    String printable = printable(text);
    out.print(printable.endsWith("\n") || printable.isEmpty() ? printable : printable + "\n");
    out.flush();
  }

  /** A line with styles of our own making around printable parts. */
  void styled(Style style, String text) {
    out.println(style.text(colors, text));
  }

  void error(String text) {
    err.println(printable(text));
  }
}

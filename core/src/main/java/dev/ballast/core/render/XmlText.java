package dev.ballast.core.render;

import java.util.ArrayDeque;
import java.util.Deque;

/** Writes indented XML whose bytes depend on nothing but the calls. */
final class XmlText {
  private final StringBuilder text = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /** An element without content; attributes are names and values in turn. */
  XmlText empty(String name, String... attributes) {
    start(name, attributes);
    text.append("/>\n");
    return this;
  }

  /** An element that holds text. */
  XmlText leaf(String name, String content, String... attributes) {
    start(name, attributes);
    text.append('>').append(escaped(content)).append("</").append(name).append(">\n");
    return this;
  }

  /** Begins an element that holds elements. */
  XmlText open(String name, String... attributes) {
    start(name, attributes);
    text.append(">\n");
    open.push(name);
    return this;
  }

  /** Ends the element begun last. */
  XmlText close() {
    String name = open.pop();
    indent();
    text.append("</").append(name).append(">\n");
    return this;
  }

  private void start(String name, String... attributes) {
    indent();
    text.append('<').append(name);
    for (int i = 0; i < attributes.length; i += 2) {
      text.append(' ').append(attributes[i]).append("='");
      text.append(escaped(attributes[i + 1])).append('\'');
    }
  }

  private void indent() {
    text.repeat(' ', 2 * open.size());
  }

  private static String escaped(String value) {
    StringBuilder escaped = new StringBuilder(value.length());
    value.codePoints().forEach(c -> append(escaped, c));
    return escaped.toString();
  }

  private static void append(StringBuilder escaped, int c) {
    switch (c) {
      case '&' -> escaped.append("&amp;");
      case '<' -> escaped.append("&lt;");
      case '>' -> escaped.append("&gt;");
      case '\'' -> escaped.append("&apos;");
      case '"' -> escaped.append("&quot;");
      case '\t', '\n', '\r' -> escaped.append("&#").append(c).append(';');
      default -> {
        if (c < 0x20 || c == 0xFFFE || c == 0xFFFF || (c >= 0xD800 && c <= 0xDFFF)) {
          throw new IllegalArgumentException("XML cannot hold the character U+%04X".formatted(c));
        }
        escaped.appendCodePoint(c);
      }
    }
  }

  @Override
  public String toString() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("element " + open.peek() + " is not closed");
    }
    return text.toString();
  }
}

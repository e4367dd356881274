package dev.ballast.core.definition;

import java.util.List;

/** Writes elements as indented XML, the same bytes for equal elements. */
final class XmlWriter {
  private final StringBuilder out = new StringBuilder();

  private XmlWriter() {}

  static String write(XmlElement root) {
    XmlWriter writer = new XmlWriter();
    writer.indented(root, 0);
    return writer.out.toString();
  }

  private void indented(XmlElement element, int depth) {
    out.repeat(' ', 2 * depth);
    boolean onlyElements = element.content().stream().allMatch(XmlElement.class::isInstance);
    if (onlyElements && !element.content().isEmpty()) {
      open(element);
      out.append(">\n");
      element.children().forEach(child -> indented(child, depth + 1));
      out.repeat(' ', 2 * depth).append("</").append(element.name()).append('>');
    } else {
      inline(element);
    }
    out.append('\n');
  }

  private void inline(XmlElement element) {
    open(element);
    List<XmlNode> content = element.content();
    if (content.isEmpty()) {
      out.append("/>");
      return;
    }
    out.append('>');
    for (XmlNode node : content) {
      switch (node) {
        case XmlNode.Text(String text) -> escaped(text);
        case XmlElement child -> inline(child);
      }
    }
    out.append("</").append(element.name()).append('>');
  }

  private void open(XmlElement element) {
    out.append('<').append(element.name());
    element
        .attributes()
        .forEach(
            (name, value) -> {
              out.append(' ').append(name).append("='");
              escaped(value);
              out.append('\'');
            });
  }

  private void escaped(String text) {
    text.codePoints().forEach(this::escaped);
  }

  // Whatever a reader of XML or YAML would not give back as it is becomes a reference.
  private void escaped(int c) {
    switch (c) {
      case '&' -> out.append("&amp;");
      case '<' -> out.append("&lt;");
      case '>' -> out.append("&gt;");
      case '\'' -> out.append("&apos;");
      case '"' -> out.append("&quot;");
      default -> {
        if (c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029 || c == 0xFEFF) {
          out.append("&#").append(c).append(';');
        } else {
          out.appendCodePoint(c);
        }
      }
    }
  }
}

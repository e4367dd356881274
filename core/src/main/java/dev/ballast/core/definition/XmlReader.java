package dev.ballast.core.definition;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads XML without document types and entities, up to a bounded depth. */
final class XmlReader {
  /** The deepest nesting that is read. */
  static final int DEPTH_LIMIT = 64;

  private static final int MESSAGE_LIMIT = 200;
  private static final XMLInputFactory FACTORY = factory();

  private final XMLStreamReader reader;

  private XmlReader(XMLStreamReader reader) {
    this.reader = reader;
  }

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    return factory;
  }

  static XmlElement read(String xml) throws DefinitionException {
    try {
      XMLStreamReader reader = FACTORY.createXMLStreamReader(new StringReader(xml));
      try {
        return new XmlReader(reader).root();
      } finally {
        reader.close();
      }
    } catch (XMLStreamException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNumber();
      throw new DefinitionException("is no XML" + (line > 0 ? ": line " + line : "") + reason(e));
    }
  }

  private static String reason(XMLStreamException e) {
    String message = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
    int start = message.indexOf("Message: ");
    String text = start < 0 ? message : message.substring(start + "Message: ".length());
    return ": " + text.substring(0, Math.min(text.length(), MESSAGE_LIMIT));
  }

  private XmlElement root() throws XMLStreamException, DefinitionException {
    XmlElement root = null;
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> root = element(1);
        case XMLStreamConstants.DTD -> throw documentType();
        default -> {}
      }
    }
    if (root == null) {
      throw new DefinitionException("holds no element");
    }
    return root;
  }

  private static DefinitionException documentType() {
    return new DefinitionException("must have no document type and no entities");
  }

  private XmlElement element(int depth) throws XMLStreamException, DefinitionException {
    if (depth > DEPTH_LIMIT) {
      throw new DefinitionException("is nested deeper than " + DEPTH_LIMIT);
    }
    String name = qualified(reader.getPrefix(), reader.getLocalName());
    SequencedMap<String, String> attributes = attributes();
    List<XmlNode> content = new ArrayList<>();
    while (true) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> content.add(element(depth + 1));
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
            content.add(new XmlNode.Text(reader.getText()));
        case XMLStreamConstants.ENTITY_REFERENCE -> throw documentType();
        case XMLStreamConstants.END_ELEMENT -> {
          return new XmlElement(name, attributes, tidy(content));
        }
        default -> {}
      }
    }
  }

  private SequencedMap<String, String> attributes() {
    SequencedMap<String, String> attributes = new LinkedHashMap<>();
    for (int i = 0; i < reader.getNamespaceCount(); i++) {
      String prefix = reader.getNamespacePrefix(i);
      String uri = reader.getNamespaceURI(i);
      attributes.put(prefix == null ? "xmlns" : "xmlns:" + prefix, uri == null ? "" : uri);
    }
    for (int i = 0; i < reader.getAttributeCount(); i++) {
      attributes.put(
          qualified(reader.getAttributePrefix(i), reader.getAttributeLocalName(i)),
          reader.getAttributeValue(i));
    }
    return attributes;
  }

  private static String qualified(String prefix, String local) {
    return prefix == null || prefix.isEmpty() ? local : prefix + ":" + local;
  }

  /** Blanks between elements, and beside comments, say nothing. */
  private static List<XmlNode> tidy(List<XmlNode> content) {
    return content.stream()
        .filter(node -> !(node instanceof XmlNode.Text(String text) && text.isBlank()))
        .toList();
  }
}

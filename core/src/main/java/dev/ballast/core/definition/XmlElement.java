package dev.ballast.core.definition;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Predicate;

/**
 * An element of XML, immutable. Comments, processing instructions and white space between elements
 * are not kept.
 *
 * @param name as written, with its prefix
 * @param attributes by their names as written, in the written order; declarations of namespaces are
 *     among them
 */
record XmlElement(String name, SequencedMap<String, String> attributes, List<XmlNode> content)
    implements XmlNode {
  XmlElement {
    attributes = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(attributes));
    content = List.copyOf(content);
  }

  /** An element without content; attributes are names and values in turn. */
  static XmlElement of(String name, String... attributes) {
    SequencedMap<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < attributes.length; i += 2) {
      map.put(attributes[i], attributes[i + 1]);
    }
    return new XmlElement(name, map, List.of());
  }

  String localName() {
    return name.substring(name.indexOf(':') + 1);
  }

  List<XmlElement> children() {
    return content.stream()
        .filter(XmlElement.class::isInstance)
        .map(XmlElement.class::cast)
        .toList();
  }

  List<XmlElement> children(String childName) {
    return children().stream().filter(child -> child.name.equals(childName)).toList();
  }

  Optional<XmlElement> child(String childName) {
    return children(childName).stream().findFirst();
  }

  /** The descendant at the end of these names. */
  Optional<XmlElement> at(String... names) {
    Optional<XmlElement> found = Optional.of(this);
    for (String next : names) {
      found = found.flatMap(element -> element.child(next));
    }
    return found;
  }

  Optional<String> attribute(String attribute) {
    return Optional.ofNullable(attributes.get(attribute));
  }

  /** The text in it, without surrounding white space. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (XmlNode node : content) {
      if (node instanceof Text(String part)) {
        text.append(part);
      }
    }
    return text.toString().strip();
  }

  XmlElement withText(String text) {
    return new XmlElement(name, attributes, List.of(new Text(text)));
  }

  XmlElement withContent(List<? extends XmlNode> newContent) {
    return new XmlElement(name, attributes, List.copyOf(newContent));
  }

  XmlElement withAttribute(String attribute, String value) {
    SequencedMap<String, String> changed = new LinkedHashMap<>(attributes);
    changed.put(attribute, value);
    return new XmlElement(name, changed, content);
  }

  XmlElement withoutAttribute(String attribute) {
    SequencedMap<String, String> changed = new LinkedHashMap<>(attributes);
    changed.remove(attribute);
    return new XmlElement(name, changed, content);
  }

  /** With that child in the place of the first of its name, else behind all others. */
  XmlElement withChild(XmlElement child) {
    List<XmlNode> changed = new ArrayList<>();
    boolean replaced = false;
    for (XmlNode node : content) {
      boolean place =
          !replaced && node instanceof XmlElement element && element.name.equals(child.name);
      changed.add(place ? child : node);
      replaced = replaced || place;
    }
    if (!replaced) {
      changed.add(child);
    }
    return withContent(changed);
  }

  XmlElement withoutChild(String childName) {
    return withoutChildren(child -> child.name.equals(childName));
  }

  XmlElement withoutChildren(Predicate<XmlElement> unwanted) {
    return withContent(
        content.stream()
            .filter(node -> !(node instanceof XmlElement child && unwanted.test(child)))
            .toList());
  }
}

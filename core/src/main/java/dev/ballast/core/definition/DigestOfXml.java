package dev.ballast.core.definition;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The {@link ConfigDigest} of elements: the one that reading their text would give. */
final class DigestOfXml {
  private static final String XML_PREFIX_NAMESPACE = "http://www.w3.org/XML/1998/namespace";

  private final ConfigDigest digest = new ConfigDigest();

  private DigestOfXml() {}

  static String of(XmlElement root) {
    DigestOfXml walk = new DigestOfXml();
    walk.element(root, "", Map.of("xml", XML_PREFIX_NAMESPACE));
    return walk.digest.hex();
  }

  private void element(XmlElement element, String parent, Map<String, String> outer) {
    Map<String, String> scope = scope(element, outer);
    String path = parent + "/" + element.localName();
    digest.start(
        path, scope.get(prefix(element.name())), element.localName(), attributes(element, scope));
    for (XmlNode node : element.content()) {
      switch (node) {
        case XmlNode.Text(String text) -> digest.text(text);
        case XmlElement child -> element(child, path, scope);
      }
    }
    digest.end();
  }

  private static Map<String, String> scope(XmlElement element, Map<String, String> outer) {
    Map<String, String> scope = new HashMap<>(outer);
    element
        .attributes()
        .forEach(
            (name, value) -> {
              if (name.equals("xmlns")) {
                scope.put("", value);
              } else if (name.startsWith("xmlns:")) {
                scope.put(name.substring("xmlns:".length()), value);
              }
            });
    return scope;
  }

  // An attribute without a prefix is in no namespace, whatever the default one is.
  private static SortedMap<String, String> attributes(
      XmlElement element, Map<String, String> scope) {
    SortedMap<String, String> attributes = new TreeMap<>();
    element
        .attributes()
        .forEach(
            (name, value) -> {
              String prefix = prefix(name);
              if (name.equals("xmlns") || prefix.equals("xmlns")) {
                return;
              }
              String local = name.substring(name.indexOf(':') + 1);
              attributes.put(
                  ConfigDigest.name(prefix.isEmpty() ? null : scope.get(prefix), local), value);
            });
    return attributes;
  }

  private static String prefix(String name) {
    return name.substring(0, Math.max(0, name.indexOf(':')));
  }
}

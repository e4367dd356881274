package dev.ballast.core.definition;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.Text;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * What XML says, as text that is equal exactly where it says the same; made by the JDK's DOM, so
 * that it shares nothing with what it judges. Pins, marks of Ballast and the id of a running domain
 * are left out, and so are elements that then are empty.
 */
final class Canonical {
  private static final List<String> MAY_BE_EMPTY = List.of("cputune", "metadata");

  private Canonical() {}

  static String of(String xml) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setNamespaceAware(true);
      factory.setCoalescing(true);
      factory.setIgnoringComments(true);
      Element root =
          factory
              .newDocumentBuilder()
              .parse(new InputSource(new StringReader(xml)))
              .getDocumentElement();
      root.removeAttribute("id");
      return element(root);
    } catch (ParserConfigurationException | SAXException | IOException e) {
      throw new IllegalArgumentException(xml, e);
    }
  }

  private static String element(Element element) {
    Map<String, String> attributes = new TreeMap<>();
    for (int i = 0; i < element.getAttributes().getLength(); i++) {
      Node attribute = element.getAttributes().item(i);
      if (!"http://www.w3.org/2000/xmlns/".equals(attribute.getNamespaceURI())) {
        attributes.put(
            attribute.getNamespaceURI() + " " + attribute.getLocalName(), attribute.getNodeValue());
      }
    }
    StringBuilder text = new StringBuilder("<");
    text.append(element.getNamespaceURI()).append(' ').append(element.getLocalName());
    text.append(attributes).append('>');
    children(element).stream()
        .map(Canonical::node)
        .filter(Predicate.not(String::isEmpty))
        .forEach(child -> text.append('\n').append(child));
    return text.append("</>").toString();
  }

  private static String node(Node node) {
    return switch (node) {
      case Text text -> text.getData().strip();
      case Element child -> isLeftOut(child) ? "" : element(child);
      default -> "";
    };
  }

  private static boolean isLeftOut(Element element) {
    String name = element.getLocalName();
    String namespace = String.valueOf(element.getNamespaceURI());
    return name.equals("vcpupin")
        || name.equals("emulatorpin")
        || namespace.startsWith("https://ballast.dev/")
        || (MAY_BE_EMPTY.contains(name)
            && children(element).stream().map(Canonical::node).allMatch(String::isEmpty));
  }

  private static List<Node> children(Element element) {
    return IntStream.range(0, element.getChildNodes().getLength())
        .mapToObj(element.getChildNodes()::item)
        .toList();
  }
}

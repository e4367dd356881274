package dev.ballast.agent.host.machine;

import dev.ballast.agent.host.libvirt.NetworkRow;
import dev.ballast.core.model.VirtualNetwork;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * Definitions of libvirt's networks. Those of Ballast's bear a UUID that is made from the name: one
 * of version 8, which nobody else gives.
 */
final class VirtualNetworkXml {
  private static final String ISOLATED = "isolated";
  private static final Set<String> KNOWN = Set.of("name", "uuid", "forward", "bridge", "mac", "ip");

  private VirtualNetworkXml() {}

  static String uuid(String name) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(("ballast-network\n" + name).getBytes(StandardCharsets.UTF_8));
      ByteBuffer bytes = ByteBuffer.wrap(digest);
      long high = (bytes.getLong() & ~0xF000L) | 0x8000L;
      long low = (bytes.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
      return new UUID(high, low).toString();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static boolean isOwn(NetworkRow row) {
    return row.uuid().equals(uuid(row.name()));
  }

  /** What libvirt is to define; every value was checked to need no quotes. */
  static String of(String name, VirtualNetwork network) {
    int slash = network.address().indexOf('/');
    StringBuilder xml = new StringBuilder("<network>\n");
    xml.append("  <name>").append(name).append("</name>\n");
    xml.append("  <uuid>").append(uuid(name)).append("</uuid>\n");
    if (!network.mode().equals(ISOLATED)) {
      xml.append("  <forward mode='").append(network.mode()).append("'/>\n");
    }
    xml.append("  <bridge name='").append(network.bridge()).append("' stp='on' delay='0'/>\n");
    xml.append("  <ip address='").append(network.address(), 0, slash);
    xml.append("' prefix='").append(network.address().substring(slash + 1)).append("'>\n");
    if (!network.rangeStart().isEmpty()) {
      xml.append("    <dhcp>\n      <range start='").append(network.rangeStart());
      xml.append("' end='").append(network.rangeEnd()).append("'/>\n");
      network
          .leases()
          .forEach(
              (mac, ip) ->
                  xml.append("      <host mac='")
                      .append(mac)
                      .append("' ip='")
                      .append(ip)
                      .append("'/>\n"));
      xml.append("    </dhcp>\n");
    }
    return xml.append("  </ip>\n</network>\n").toString();
  }

  /** What the definition says; parts that Ballast does not set are named. */
  static VirtualNetwork read(NetworkRow row) {
    Optional<Element> root = parse(row.xml());
    SortedSet<String> extra = new TreeSet<>();
    String mode = ISOLATED;
    String bridge = "";
    String address = "";
    String start = "";
    String end = "";
    SortedMap<String, String> leases = new TreeMap<>();
    for (Element element : root.map(VirtualNetworkXml::children).orElse(new TreeMap<>()).values()) {
      switch (element.getTagName()) {
        case "forward" -> {
          mode = element.hasAttribute("mode") ? element.getAttribute("mode") : "nat";
          if (element.hasAttribute("dev")) {
            extra.add("forward dev");
          }
        }
        case "bridge" -> bridge = element.getAttribute("name");
        case "ip" -> {
          if (!address.isEmpty()) {
            extra.add("second ip");
          }
          address = address(element);
          for (Element dhcp : children(element).values()) {
            for (Element entry : children(dhcp).values()) {
              if (entry.getTagName().equals("range")) {
                start = entry.getAttribute("start");
                end = entry.getAttribute("end");
              } else if (entry.getTagName().equals("host")) {
                leases.put(entry.getAttribute("mac"), entry.getAttribute("ip"));
              } else {
                extra.add(entry.getTagName());
              }
            }
          }
        }
        default -> {
          if (!KNOWN.contains(element.getTagName())) {
            extra.add(element.getTagName());
          }
        }
      }
    }
    return new VirtualNetwork(
        mode,
        bridge,
        address,
        start,
        end,
        leases,
        row.active(),
        row.autostart(),
        String.join(", ", extra));
  }

  private static String address(Element ip) {
    String prefix = ip.getAttribute("prefix");
    if (prefix.isEmpty()) {
      long bits = 0;
      for (String octet : ip.getAttribute("netmask").split("\\.")) {
        bits += octet.isEmpty() ? 0 : Integer.bitCount(Integer.parseInt(octet));
      }
      prefix = Long.toString(bits);
    }
    return ip.getAttribute("address") + "/" + prefix;
  }

  /** The elements within, in their order. */
  private static SortedMap<Integer, Element> children(Element parent) {
    SortedMap<Integer, Element> found = new TreeMap<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element) {
        found.put(found.size(), element);
      }
    }
    return found;
  }

  private static Optional<Element> parse(String xml) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      Document document =
          factory.newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
      return Optional.of(document.getDocumentElement());
    } catch (ParserConfigurationException | SAXException | IOException e) {
      return Optional.empty();
    }
  }
}

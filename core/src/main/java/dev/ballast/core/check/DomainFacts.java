package dev.ballast.core.check;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.topology.CpuSet;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** What a domain's XML says of name, size and pins, read without the code that rendered it. */
record DomainFacts(
    String name,
    String uuid,
    int vcpus,
    long memoryBytes,
    Optional<CpuPins> pins,
    Hardware hardware) {
  /**
   * What it takes of its host besides.
   *
   * @param cells the NUMA nodes that the guest is told of; 0 for none in particular
   * @param pageBytes 0 for ordinary memory
   * @param devices addresses of PCI devices, sorted
   */
  record Hardware(int cells, long pageBytes, List<String> devices) {}

  private static final Map<String, Long> UNITS =
      Map.of("b", 1L, "bytes", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

  /**
   * Reads the XML.
   *
   * @throws IllegalArgumentException naming what is missing or cannot be read
   */
  static DomainFacts of(String xml) {
    Element domain = parse(xml).getDocumentElement();
    Element vcpu = only(domain, "vcpu");
    int vcpus =
        Integer.parseInt(vcpu.hasAttribute("current") ? vcpu.getAttribute("current") : text(vcpu));
    Element memory = only(domain, "memory");
    Long unit = UNITS.get(memory.hasAttribute("unit") ? memory.getAttribute("unit") : "KiB");
    if (unit == null) {
      throw new IllegalArgumentException("unknown unit of memory " + memory.getAttribute("unit"));
    }
    long bytes = Math.multiplyExact(Long.parseLong(text(memory)), unit);
    return new DomainFacts(
        text(only(domain, "name")),
        text(only(domain, "uuid")),
        vcpus,
        bytes,
        pins(domain, vcpus),
        hardware(domain));
  }

  private static Hardware hardware(Element domain) {
    NodeList pages = domain.getElementsByTagName("page");
    long pageBytes = 0;
    for (int i = 0; i < pages.getLength(); i++) {
      Element page = (Element) pages.item(i);
      String unit = page.hasAttribute("unit") ? page.getAttribute("unit") : "KiB";
      pageBytes = Long.parseLong(page.getAttribute("size")) * UNITS.getOrDefault(unit, 0L);
    }
    List<String> devices = new ArrayList<>();
    NodeList addresses = domain.getElementsByTagName("address");
    for (int i = 0; i < addresses.getLength(); i++) {
      Element address = (Element) addresses.item(i);
      if (address.getParentNode().getNodeName().equals("source")) {
        devices.add(
            "%s:%s:%s.%s"
                .formatted(
                    digits(address, "domain"),
                    digits(address, "bus"),
                    digits(address, "slot"),
                    digits(address, "function")));
      }
    }
    devices.sort(null);
    return new Hardware(domain.getElementsByTagName("cell").getLength(), pageBytes, devices);
  }

  private static String digits(Element address, String attribute) {
    String value = address.getAttribute(attribute);
    return value.startsWith("0x") ? value.substring(2) : value;
  }

  private static Document parse(String xml) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      var builder = factory.newDocumentBuilder();
      builder.setErrorHandler(null);
      return builder.parse(new InputSource(new StringReader(xml)));
    } catch (ParserConfigurationException | SAXException | IOException e) {
      throw new IllegalArgumentException("is no XML: " + e.getMessage(), e);
    }
  }

  private static Optional<CpuPins> pins(Element domain, int vcpus) {
    Map<Integer, CpuSet> byVcpu = new TreeMap<>();
    NodeList found = domain.getElementsByTagName("vcpupin");
    for (int i = 0; i < found.getLength(); i++) {
      Element pin = (Element) found.item(i);
      byVcpu.put(Integer.parseInt(pin.getAttribute("vcpu")), cpus(pin));
    }
    NodeList emulator = domain.getElementsByTagName("emulatorpin");
    if (emulator.getLength() != 1) {
      return Optional.empty();
    }
    List<CpuSet> pins = new ArrayList<>();
    for (int vcpu = 0; vcpu < vcpus; vcpu++) {
      CpuSet cpus = byVcpu.get(vcpu);
      if (cpus == null) {
        return Optional.empty();
      }
      pins.add(cpus);
    }
    return Optional.of(new CpuPins(pins, cpus((Element) emulator.item(0))));
  }

  private static CpuSet cpus(Element pin) {
    return CpuSet.parse(pin.getAttribute("cpuset"));
  }

  /** The one child of that name. */
  private static Element only(Element domain, String tag) {
    NodeList all = domain.getChildNodes();
    Element result = null;
    for (int i = 0; i < all.getLength(); i++) {
      if (all.item(i) instanceof Element element && element.getTagName().equals(tag)) {
        result = element;
      }
    }
    if (result == null) {
      throw new IllegalArgumentException("has no <" + tag + ">");
    }
    return result;
  }

  private static String text(Element element) {
    return element.getTextContent().strip();
  }
}

package dev.ballast.agent.host.libvirt;

import dev.ballast.core.definition.ConfigDigest;
import dev.ballast.core.model.DomainSetup;
import dev.ballast.core.topology.CpuSet;
import java.io.StringReader;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * What the agent takes from a domain's XML.
 *
 * @param name absent in no domain that libvirt knows
 * @param uuid empty where the XML leaves it to libvirt
 * @param vcpuCpus what {@code <vcpu cpuset>} says, for threads without a pin
 * @param vcpuPins explicit pins by vCPU number
 * @param specDigest what Ballast wrote when it defined the domain
 * @param definedDigest the config digest that the domain had when Ballast had defined it; differs
 *     from {@link #configDigest} after an edit
 * @param configDigest SHA-256 of the normalised XML, see {@link ConfigDigest}
 */
public record DomainXml(
    String name,
    String uuid,
    int vcpus,
    Optional<CpuSet> vcpuCpus,
    Map<Integer, CpuSet> vcpuPins,
    Optional<CpuSet> emulatorPin,
    Optional<String> specDigest,
    Optional<String> definedDigest,
    String configDigest,
    DomainSetup setup) {
  /** The longest XML that is read. */
  public static final int LENGTH_LIMIT = 1 << 20;

  /** The deepest nesting that is read. */
  public static final int DEPTH_LIMIT = 64;

  /** The namespace of what Ballast writes about a domain's specification. */
  public static final String SPEC_NAMESPACE = "https://ballast.dev/xmlns/domain/1";

  /** The attribute of that element that holds the specification's digest. */
  public static final String SPEC_ATTRIBUTE = "spec";

  /** The namespace of the mark that the agent leaves after it defined a domain. */
  public static final String DEFINED_NAMESPACE = ConfigDigest.DEFINED_NAMESPACE;

  /** The attribute of the mark's only element. */
  public static final String DEFINED_ATTRIBUTE = "config-digest";

  private static final XMLInputFactory FACTORY = factory();

  public DomainXml {
    vcpuPins = Map.copyOf(vcpuPins);
  }

  /**
   * Reads a domain's XML.
   *
   * @throws DomainXmlException when it is no domain's XML, too long or too deep
   */
  public static DomainXml parse(String xml) throws DomainXmlException {
    if (xml.length() > LENGTH_LIMIT) {
      throw new DomainXmlException("domain XML is longer than " + LENGTH_LIMIT + " characters");
    }
    try {
      XMLStreamReader reader = FACTORY.createXMLStreamReader(new StringReader(xml));
      try {
        return new Reading(reader).run();
      } finally {
        reader.close();
      }
    } catch (XMLStreamException e) {
      throw new DomainXmlException("domain XML: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw new DomainXmlException("domain XML: " + e.getMessage());
    }
  }

  static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    return factory;
  }

  /** One pass over the XML. */
  private static final class Reading {
    private final XMLStreamReader reader;
    private final ConfigDigest digest = new ConfigDigest();
    private final SetupReading setup = new SetupReading();
    private final StringBuilder innerText = new StringBuilder();
    private final StringBuilder path = new StringBuilder();
    private final Map<String, String> texts = new HashMap<>();
    private final Map<Integer, CpuSet> pins = new HashMap<>();
    private @Nullable CpuSet vcpuCpus;
    private @Nullable CpuSet emulatorPin;
    private @Nullable String specDigest;
    private @Nullable String definedDigest;
    private int currentVcpus = -1;
    private int depth;

    Reading(XMLStreamReader reader) {
      this.reader = reader;
    }

    DomainXml run() throws XMLStreamException, DomainXmlException {
      while (reader.hasNext()) {
        switch (reader.next()) {
          case XMLStreamConstants.START_ELEMENT -> start();
          case XMLStreamConstants.END_ELEMENT -> end();
          case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> text(reader.getText());
          case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
              throw new DomainXmlException("domain XML must have no document type and no entities");
          default -> {}
        }
      }
      return result();
    }

    private void start() throws DomainXmlException {
      String name = reader.getLocalName();
      depth++;
      if (depth > DEPTH_LIMIT) {
        throw new DomainXmlException("domain XML is nested deeper than " + DEPTH_LIMIT);
      }
      if (depth == 1 && !name.equals("domain")) {
        throw new DomainXmlException("the XML's root is <" + name + ">, not <domain>");
      }
      path.append('/').append(name);
      digest.start(path.toString(), reader.getNamespaceURI(), name, attributes());
      setup.start(path.toString(), reader);
      innerText.setLength(0);
      take(path.toString(), reader.getNamespaceURI());
    }

    private SortedMap<String, String> attributes() {
      SortedMap<String, String> attributes = new TreeMap<>();
      for (int i = 0; i < reader.getAttributeCount(); i++) {
        attributes.put(
            ConfigDigest.name(reader.getAttributeNamespace(i), reader.getAttributeLocalName(i)),
            reader.getAttributeValue(i));
      }
      return attributes;
    }

    private void take(String at, @Nullable String namespace) {
      switch (at) {
        case "/domain/vcpu" -> {
          vcpuCpus = cpus("cpuset");
          String current = reader.getAttributeValue(null, "current");
          currentVcpus = current == null ? -1 : Integer.parseInt(current.strip());
        }
        case "/domain/cputune/vcpupin" -> {
          CpuSet set = cpus("cpuset");
          String vcpu = reader.getAttributeValue(null, "vcpu");
          if (set != null && vcpu != null) {
            pins.put(Integer.parseInt(vcpu.strip()), set);
          }
        }
        case "/domain/cputune/emulatorpin" -> emulatorPin = cpus("cpuset");
        default -> takeMark(at, namespace);
      }
    }

    private void takeMark(String at, @Nullable String namespace) {
      if (!at.startsWith("/domain/metadata/") || namespace == null) {
        return;
      }
      if (namespace.equals(SPEC_NAMESPACE)) {
        String value = reader.getAttributeValue(null, SPEC_ATTRIBUTE);
        specDigest = value == null ? specDigest : value;
      } else if (namespace.equals(DEFINED_NAMESPACE)) {
        definedDigest = reader.getAttributeValue(null, DEFINED_ATTRIBUTE);
      }
    }

    private @Nullable CpuSet cpus(String attribute) {
      String value = reader.getAttributeValue(null, attribute);
      return value == null ? null : CpuSet.parse(value);
    }

    private void text(String text) {
      digest.text(text);
      innerText.append(text);
      String at = path.toString();
      switch (at) {
        case "/domain/name", "/domain/uuid", "/domain/vcpu" ->
            texts.merge(at, text, String::concat);
        default -> {}
      }
    }

    private void end() {
      digest.end();
      setup.end(path.toString(), innerText.toString());
      innerText.setLength(0);
      depth--;
      path.setLength(path.lastIndexOf("/"));
    }

    private DomainXml result() throws DomainXmlException {
      String name = texts.getOrDefault("/domain/name", "").strip();
      if (name.isEmpty()) {
        throw new DomainXmlException("domain XML has no <name>");
      }
      String vcpus = texts.getOrDefault("/domain/vcpu", "1").strip();
      return new DomainXml(
          name,
          texts.getOrDefault("/domain/uuid", "").strip(),
          currentVcpus > 0 ? currentVcpus : Integer.parseInt(vcpus),
          Optional.ofNullable(vcpuCpus),
          pins,
          Optional.ofNullable(emulatorPin),
          Optional.ofNullable(specDigest),
          Optional.ofNullable(definedDigest),
          digest.hex(),
          setup.result());
    }
  }
}

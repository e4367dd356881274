package dev.ballast.agent.host.libvirt;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.MemoryMode;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.topology.CpuSet;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import javax.xml.namespace.QName;
import javax.xml.stream.XMLEventFactory;
import javax.xml.stream.XMLEventReader;
import javax.xml.stream.XMLEventWriter;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.events.Attribute;
import javax.xml.stream.events.StartElement;
import javax.xml.stream.events.XMLEvent;

/**
 * A domain's XML with other pins of its vCPUs, its emulator and its I/O threads, and with its
 * memory on other nodes: CPUs and nodes of this host mean nothing on the next. Everything else
 * stays as it is, also the other entries of {@code <cputune>}.
 */
public final class MigrationXml {
  private static final XMLEventFactory EVENTS = XMLEventFactory.newDefaultFactory();
  private static final XMLInputFactory INPUT = DomainXml.factory();
  private static final XMLOutputFactory OUTPUT = XMLOutputFactory.newDefaultFactory();

  private final XMLEventReader reader;
  private final XMLEventWriter writer;
  private final CpuPins pins;
  private final StringBuilder path = new StringBuilder();
  private int skipped;
  private final Optional<MemoryNodes> memory;
  private final int iothreadPins;
  private boolean pinned;
  private boolean placed;

  private MigrationXml(
      XMLEventReader reader,
      XMLEventWriter writer,
      CpuPins pins,
      Optional<MemoryNodes> memory,
      int iothreadPins) {
    this.memory = memory;
    this.reader = reader;
    this.writer = writer;
    this.pins = pins;
    this.iothreadPins = iothreadPins;
  }

  /**
   * The XML with these pins.
   *
   * @throws DomainXmlException when it is no domain's XML
   */
  public static String withPins(String xml, CpuPins pins) throws DomainXmlException {
    return withPlace(xml, pins, Optional.empty());
  }

  /**
   * The XML with these pins, and with its memory on these nodes. Without nodes, what control groups
   * keep on nodes of this host is let free; another mode stays, and the target's libvirt judges it.
   *
   * @throws DomainXmlException when it is no domain's XML
   */
  public static String withPlace(String xml, CpuPins pins, Optional<MemoryNodes> memory)
      throws DomainXmlException {
    DomainXml.parse(xml);
    StringWriter text = new StringWriter();
    try {
      XMLEventReader reader = INPUT.createXMLEventReader(new StringReader(xml));
      XMLEventWriter writer = OUTPUT.createXMLEventWriter(text);
      new MigrationXml(reader, writer, pins, memory, iothreads(xml)).copy();
      writer.close();
      reader.close();
    } catch (XMLStreamException e) {
      throw new DomainXmlException("domain XML: " + e.getMessage());
    }
    return text.toString();
  }

  /** How many there are; libvirt numbers them from 1. */
  private static int iothreads(String xml) throws DomainXmlException {
    return TuningXml.parse(xml, 1).iothreads().size();
  }

  private void copy() throws XMLStreamException {
    while (reader.hasNext()) {
      XMLEvent event = reader.nextEvent();
      if (event.isStartElement()) {
        start(event);
      } else if (event.isEndElement()) {
        end(event);
      } else if (skipped == 0 && !event.isStartDocument()) {
        writer.add(event);
      }
    }
  }

  private void start(XMLEvent event) throws XMLStreamException {
    path.append('/').append(event.asStartElement().getName().getLocalPart());
    if (skipped > 0 || isPin() || isFormerPlace(event.asStartElement())) {
      skipped++;
      return;
    }
    writer.add(event);
    if (isAt("/domain/numatune")) {
      writePlace();
    }
    if (isAt("/domain/cputune") && !pinned) {
      writePins(iothreadPins);
    }
  }

  private boolean isPin() {
    return isAt("/domain/cputune/vcpupin")
        || isAt("/domain/cputune/emulatorpin")
        || isAt("/domain/cputune/iothreadpin");
  }

  private boolean isFormerPlace(StartElement element) {
    if (!isAt("/domain/numatune/memory")) {
      return false;
    }
    Attribute mode = element.getAttributeByName(new QName("mode"));
    return memory.isPresent()
        || (mode != null && mode.getValue().equals(MemoryMode.RESTRICTIVE.word()));
  }

  private void writePlace() throws XMLStreamException {
    placed = true;
    if (memory.isPresent()) {
      write(
          "memory",
          List.of(
              EVENTS.createAttribute("mode", memory.get().mode().word()),
              EVENTS.createAttribute("nodeset", memory.get().nodes().toString())));
    }
  }

  private boolean isAt(String place) {
    return path.length() == place.length() && path.indexOf(place) == 0;
  }

  private void end(XMLEvent event) throws XMLStreamException {
    if (skipped > 0) {
      skipped--;
    } else {
      if (isAt("/domain") && !pinned) {
        writer.add(EVENTS.createStartElement(new QName("cputune"), null, null));
        writePins(0);
        writer.add(EVENTS.createEndElement(new QName("cputune"), null));
      }
      if (isAt("/domain") && !placed && memory.isPresent()) {
        writer.add(EVENTS.createStartElement(new QName("numatune"), null, null));
        writePlace();
        writer.add(EVENTS.createEndElement(new QName("numatune"), null));
      }
      writer.add(event);
    }
    path.setLength(path.lastIndexOf("/"));
  }

  private void writePins(int iothreads) throws XMLStreamException {
    pinned = true;
    for (int vcpu = 0; vcpu < pins.vcpus().size(); vcpu++) {
      write(
          "vcpupin",
          List.of(
              EVENTS.createAttribute("vcpu", Integer.toString(vcpu)),
              cpuset(pins.vcpus().get(vcpu))));
    }
    write("emulatorpin", List.of(cpuset(pins.emulator())));
    for (int id = 1; id <= iothreads; id++) {
      write(
          "iothreadpin",
          List.of(
              EVENTS.createAttribute("iothread", Integer.toString(id)), cpuset(pins.emulator())));
    }
  }

  private static Attribute cpuset(CpuSet cpus) {
    return EVENTS.createAttribute("cpuset", cpus.toString());
  }

  private void write(String element, List<Attribute> attributes) throws XMLStreamException {
    writer.add(EVENTS.createStartElement(new QName(element), attributes.iterator(), null));
    writer.add(EVENTS.createEndElement(new QName(element), null));
  }
}

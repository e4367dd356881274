package dev.ballast.agent.host.libvirt;

import dev.ballast.core.model.DomainSnapshot;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;

/** The snapshots of a domain, as libvirt describes them. */
final class Snapshots {
  private static final XMLInputFactory FACTORY = DomainXml.factory();

  private Snapshots() {}

  /** The first of them; one question more for a domain that has none. */
  static List<DomainSnapshot> of(Domain domain) throws LibvirtException {
    if (domain.snapshotNum() <= 0) {
      return List.of();
    }
    List<DomainSnapshot> found = new ArrayList<>();
    for (String name : domain.snapshotListNames()) {
      if (found.size() < DomainSnapshot.LIMIT) {
        org.libvirt.DomainSnapshot snapshot = domain.snapshotLookupByName(name);
        try {
          parse(snapshot.getXMLDesc()).ifPresent(found::add);
        } finally {
          var _ = snapshot.free();
        }
      }
    }
    return found;
  }

  /** What a snapshot's XML says; absent for what is none. */
  static Optional<DomainSnapshot> parse(String xml) {
    try {
      return read(FACTORY.createXMLStreamReader(new StringReader(xml)));
    } catch (XMLStreamException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<DomainSnapshot> read(XMLStreamReader reader) throws XMLStreamException {
    Map<String, String> texts = new HashMap<>();
    boolean external = false;
    int depth = 0;
    String at = "";
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          depth++;
          at = depth == 2 ? reader.getLocalName() : "";
          boolean place = depth == 3 || at.equals("memory");
          external |= place && "external".equals(reader.getAttributeValue(null, "snapshot"));
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
          if (!at.isEmpty()) {
            texts.merge(at, reader.getText(), String::concat);
          }
        }
        case XMLStreamConstants.END_ELEMENT -> {
          depth--;
          at = "";
        }
        default -> {}
      }
    }
    String name = texts.getOrDefault("name", "").strip();
    String state = texts.getOrDefault("state", "").strip();
    return name.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new DomainSnapshot(
                name,
                Long.parseLong(texts.getOrDefault("creationTime", "0").strip()),
                state.equals("running") || state.equals("paused"),
                external));
  }
}

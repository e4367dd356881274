package dev.ballast.agent.host.libvirt;

import java.io.StringReader;
import java.util.Optional;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Devices of the host that a domain holds: with them it cannot leave. */
public final class HostDevices {
  private static final int DEPTH_OF_DEVICES = 3;

  private HostDevices() {}

  /** The first such device as the XML names it. */
  public static Optional<String> first(String xml) {
    try {
      XMLStreamReader reader = DomainXml.factory().createXMLStreamReader(new StringReader(xml));
      int depth = 0;
      while (reader.hasNext()) {
        int event = reader.next();
        if (event == XMLStreamConstants.START_ELEMENT) {
          depth++;
          if (depth == DEPTH_OF_DEVICES && isOfHost(reader)) {
            return Optional.of("<" + reader.getLocalName() + " type='" + type(reader) + "'>");
          }
        } else if (event == XMLStreamConstants.END_ELEMENT) {
          depth--;
        }
      }
      return Optional.empty();
    } catch (XMLStreamException e) {
      return Optional.of("its XML cannot be read: " + e.getMessage());
    }
  }

  private static boolean isOfHost(XMLStreamReader reader) {
    return switch (reader.getLocalName()) {
      case "hostdev" -> true;
      case "interface" -> type(reader).equals("hostdev");
      default -> false;
    };
  }

  private static String type(XMLStreamReader reader) {
    String type = reader.getAttributeValue(null, "type");
    return type == null ? "" : type;
  }
}

package dev.ballast.agent.host.machine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.core.model.LinkNeighbour;
import dev.ballast.core.model.LinkSetting;
import dev.ballast.core.model.LinkSetting.Neighbours;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Who is at the other ends of the links, as lldpd heard it. */
final class LldpTable {
  /** The form of JSON that is the same for one neighbour as for many. */
  static final List<String> SHOW =
      List.of("lldpcli", "-f", "json0", "show", "neighbors", "details");

  private static final List<String> PROGRAMS = List.of("/usr/sbin/lldpcli", "/sbin/lldpcli");
  private static final int HIGHEST_VLAN = 4_094;
  private static final int TEXT_LIMIT = 256;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final KernelFiles files;
  private final Commands commands;

  LldpTable(KernelFiles files, Commands commands) {
    this.files = files;
    this.commands = commands;
  }

  /** Absent where no lldpd listens. */
  Optional<Neighbours> read() {
    if (PROGRAMS.stream().noneMatch(files::exists)) {
      return Optional.empty();
    }
    try {
      return Optional.of(parse(commands.read(SHOW)));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  static Neighbours parse(String json) throws JsonProcessingException {
    SortedSet<LinkNeighbour> found = new TreeSet<>();
    for (JsonNode link : JSON.readTree(json).path("lldp").path(0).path("interface")) {
      if (found.size() == LinkSetting.LINK_LIMIT) {
        break;
      }
      SortedSet<Integer> vlans = new TreeSet<>();
      for (JsonNode vlan : link.path("vlan")) {
        int id = vlan.path("vlan-id").asInt();
        if (id > 0 && id <= HIGHEST_VLAN) {
          vlans.add(id);
        }
      }
      JsonNode chassis = link.path("chassis").path(0);
      JsonNode port = link.path("port").path(0);
      found.add(
          new LinkNeighbour(
              cut(link.path("name").asText()), first(chassis, "name"), portName(port), vlans));
    }
    return new Neighbours(found);
  }

  /** A port is known by its name, where its id is only a number of the card. */
  private static String portName(JsonNode port) {
    boolean isNumber = port.path("id").path(0).path("type").asText().equals("mac");
    String described = first(port, "descr");
    return isNumber && !described.isEmpty() ? described : first(port, "id");
  }

  private static String first(JsonNode node, String field) {
    String text = node.path(field).path(0).path("value").asText();
    return cut(text.isEmpty() ? node.path("id").path(0).path("value").asText() : text);
  }

  private static String cut(String text) {
    return text.length() > TEXT_LIMIT ? text.substring(0, TEXT_LIMIT) : text;
  }
}

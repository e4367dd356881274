package dev.ballast.core.planning;

import dev.ballast.core.model.HostView;
import dev.ballast.core.model.LinkNeighbour;
import dev.ballast.core.model.LinkSetting.Neighbours;
import dev.ballast.core.model.SwitchBridge;
import dev.ballast.core.model.SwitchPort;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Whether the switches that cards lead to carry what is wanted over them, as they say (LLDP). */
final class Announced {
  private Announced() {}

  /**
   * What a host's neighbours do not announce of the trunks of its bridges, one line a card; nothing
   * is said of a host without LLDP.
   */
  static List<String> missing(HostView host, Iterable<SwitchBridge> bridges) {
    List<String> lines = new ArrayList<>();
    if (host.settings().get(Neighbours.KEY) instanceof Neighbours neighbours) {
      for (SwitchBridge bridge : bridges) {
        for (SwitchPort port : bridge.ports().values()) {
          for (String card : port.trunks().isEmpty() ? new TreeSet<String>() : port.cards()) {
            line(host, card, port.trunks(), neighbours, lines);
          }
        }
      }
    }
    return lines;
  }

  private static void line(
      HostView host,
      String card,
      SortedSet<Integer> trunks,
      Neighbours neighbours,
      List<String> lines) {
    SortedSet<Integer> missing = new TreeSet<>(trunks);
    List<String> names = new ArrayList<>();
    for (LinkNeighbour neighbour : neighbours.found()) {
      if (neighbour.link().equals(card)) {
        missing.removeAll(neighbour.vlans());
        names.add(neighbour.system() + " " + neighbour.port());
      }
    }
    if (!missing.isEmpty()) {
      lines.add(
          (names.isEmpty()
                  ? "no neighbour of " + card + " on " + host.name()
                  : String.join(", ", names) + ", the neighbour of " + card + " on " + host.name())
              + (names.isEmpty() ? " announces" : ", does not announce")
              + " VLANs "
              + missing
              + ": the trunk is not verified");
    }
  }
}

package dev.ballast.core.model;

import java.util.Collections;
import java.util.Comparator;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Who is at the other end of a link, as it says itself (LLDP).
 *
 * @param link the host's own
 * @param system the neighbour's name
 * @param port the neighbour's end
 * @param vlans those that it announces for that end
 */
public record LinkNeighbour(String link, String system, String port, SortedSet<Integer> vlans)
    implements Comparable<LinkNeighbour> {
  private static final Comparator<LinkNeighbour> ORDER =
      Comparator.comparing(LinkNeighbour::link)
          .thenComparing(LinkNeighbour::system)
          .thenComparing(LinkNeighbour::port)
          .thenComparing(n -> n.vlans().toString());

  public LinkNeighbour {
    vlans = Collections.unmodifiableSortedSet(new TreeSet<>(vlans));
  }

  @Override
  public int compareTo(LinkNeighbour other) {
    return ORDER.compare(this, other);
  }

  /** One line for people. */
  public String describe() {
    return link + ": " + system + " " + port + (vlans.isEmpty() ? "" : ", VLANs " + vlans);
  }
}

package dev.ballast.core.model;

import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The links of a host's network, among the things of the host. */
public sealed interface LinkSetting extends HostSetting {
  /** At most so many links are told of one host. */
  int LINK_LIMIT = 1_024;

  /** A name that the kernel takes. */
  Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,14}");

  private static SortedMap<String, HostLink> checked(SortedMap<String, HostLink> links) {
    if (links.size() > LINK_LIMIT) {
      throw new IllegalArgumentException("at most " + LINK_LIMIT + " links, not " + links.size());
    }
    for (String name : links.keySet()) {
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "'" + name + "' is no name of a link: at most 15 of A-Z a-z 0-9 . _ -");
      }
    }
    return Collections.unmodifiableSortedMap(new TreeMap<>(links));
  }

  private static String text(SortedMap<String, HostLink> links) {
    return links.isEmpty()
        ? "none"
        : links.entrySet().stream()
            .map(entry -> entry.getKey() + ": " + entry.getValue().describe())
            .collect(Collectors.joining("; "));
  }

  /**
   * The links that Ballast made or took: those of others are not among them.
   *
   * @param links by name
   */
  record OwnLinks(SortedMap<String, HostLink> links) implements LinkSetting {
    public static final String KEY = "links";

    public OwnLinks {
      links = checked(links);
      SortedSet<String> ports = new TreeSet<>();
      for (HostLink link : links.values()) {
        for (String port : link.ports()) {
          if (!ports.add(port)) {
            throw new IllegalArgumentException("link " + port + " is a port of two bridges");
          }
        }
      }
    }

    /** The kernel keeps none of it. */
    @Override
    public boolean survivesReboot() {
      return false;
    }

    @Override
    public String key() {
      return KEY;
    }

    @Override
    public String value() {
      return text(links);
    }
  }

  /**
   * The links of others, with what they carry: told, never set.
   *
   * @param links by name
   */
  record OtherLinks(SortedMap<String, HostLink> links) implements LinkSetting {
    public static final String KEY = "other-links";

    public OtherLinks {
      links = checked(links);
    }

    @Override
    public String key() {
      return KEY;
    }

    @Override
    public String value() {
      return text(links);
    }
  }

  /**
   * Which of the host's networks of libvirt and port forwards files declare: remembered by the
   * coordinator, and no thing of the host.
   *
   * @param networks by name
   * @param forwards as in {@link HostSetting.PortForwards}, and subnets that are masqueraded
   */
  record InFiles(SortedSet<String> networks, SortedSet<String> forwards) implements LinkSetting {
    public static final String KEY = "networks-in-files";

    public InFiles {
      networks = Collections.unmodifiableSortedSet(new TreeSet<>(networks));
      forwards = Collections.unmodifiableSortedSet(new TreeSet<>(forwards));
    }

    /** Whether files declare nothing. */
    public boolean isEmpty() {
      return networks.isEmpty() && forwards.isEmpty();
    }

    /** These and more. */
    public InFiles with(Set<String> moreNetworks, Set<String> moreForwards) {
      SortedSet<String> allNetworks = new TreeSet<>(networks);
      SortedSet<String> allForwards = new TreeSet<>(forwards);
      allNetworks.addAll(moreNetworks);
      allForwards.addAll(moreForwards);
      return new InFiles(allNetworks, allForwards);
    }

    @Override
    public String key() {
      return KEY;
    }

    @Override
    public String value() {
      SortedSet<String> all = new TreeSet<>(networks);
      all.addAll(forwards);
      return all.isEmpty() ? "none" : String.join(", ", all);
    }
  }

  /** Who is at the other ends of the host's links: told, never set. */
  record Neighbours(SortedSet<LinkNeighbour> found) implements LinkSetting {
    public static final String KEY = "lldp-neighbours";

    public Neighbours {
      found = Collections.unmodifiableSortedSet(new TreeSet<>(found));
      if (found.size() > LINK_LIMIT) {
        throw new IllegalArgumentException(
            "at most " + LINK_LIMIT + " neighbours, not " + found.size());
      }
    }

    @Override
    public String key() {
      return KEY;
    }

    @Override
    public String value() {
      return found.isEmpty()
          ? "none"
          : found.stream().map(LinkNeighbour::describe).collect(Collectors.joining("; "));
    }
  }
}

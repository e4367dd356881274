package dev.ballast.core.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * A link of a host's network, whole: what is not here, it does not have.
 *
 * @param mtuBytes 0 only in a wish: as it is
 * @param stp whether a bridge speaks the spanning tree protocol
 * @param ports links that a bridge joins; guests' own come and go besides
 * @param addresses with their prefixes; those of others on the link's own network come besides
 * @param routes as {@link IpText#route} writes them
 * @param former what a card had before Ballast took it, and gets back; absent for a bridge
 * @param extra what it has that Ballast could not put back; empty where it has nothing such
 * @param owner who else manages it; empty when nobody does
 */
public record HostLink(
    Kind kind,
    int mtuBytes,
    boolean stp,
    SortedSet<String> ports,
    SortedSet<String> addresses,
    SortedSet<String> routes,
    Optional<Former> former,
    String extra,
    String owner) {
  /** What is the matter with a link that somebody took down; setting it takes it up again. */
  public static final String DOWN = "down";

  /** At most so many of anything. */
  public static final int ENTRY_LIMIT = 256;

  private static final int MTU_LIMIT_BYTES = 65_536;
  private static final int SMALLEST_MTU_BYTES = 68;

  /** What it is. */
  public enum Kind {
    /** A bridge of the kernel, which Ballast makes and removes. */
    BRIDGE,
    /** Any link that is there without Ballast. */
    CARD
  }

  /** What a link had before Ballast took it. */
  public record Former(int mtuBytes, SortedSet<String> addresses, SortedSet<String> routes) {
    private static final String MTU = "mtu=";

    public Former {
      addresses = Collections.unmodifiableSortedSet(new TreeSet<>(addresses));
      routes = Collections.unmodifiableSortedSet(new TreeSet<>(routes));
    }

    /** One word each, as it is written beside the link in the kernel. */
    public String text() {
      List<String> words = new ArrayList<>();
      words.add(MTU + mtuBytes);
      words.addAll(addresses);
      routes.forEach(route -> words.add(route.replace(" via ", "@").replace(" metric ", "#")));
      return String.join(" ", words);
    }

    /**
     * What {@link #text} wrote.
     *
     * @throws IllegalArgumentException when it is something else
     */
    public static Former parse(String text) {
      SortedSet<String> addresses = new TreeSet<>();
      SortedSet<String> routes = new TreeSet<>();
      int mtuBytes = 0;
      for (String word : text.strip().split(" ")) {
        if (word.startsWith(MTU)) {
          mtuBytes = Integer.parseInt(word.substring(MTU.length()));
        } else if (word.startsWith(IpText.DEFAULT)
            || word.indexOf('@') > 0
            || word.indexOf('#') > 0) {
          routes.add(IpText.route(word.replace("@", " via ").replace("#", " metric ")));
        } else {
          addresses.add(IpText.prefixed(word));
        }
      }
      return new Former(mtuBytes, addresses, routes);
    }
  }

  public HostLink {
    if (mtuBytes != 0 && (mtuBytes < SMALLEST_MTU_BYTES || mtuBytes > MTU_LIMIT_BYTES)) {
      throw new IllegalArgumentException(
          "an MTU is " + SMALLEST_MTU_BYTES + "-" + MTU_LIMIT_BYTES + " bytes, not " + mtuBytes);
    }
    ports = Collections.unmodifiableSortedSet(new TreeSet<>(ports));
    addresses = canonical(addresses, IpText::prefixed);
    routes = canonical(routes, IpText::route);
    if (ports.size() > ENTRY_LIMIT) {
      throw new IllegalArgumentException("at most " + ENTRY_LIMIT + " ports on a bridge");
    }
    if (kind == Kind.CARD && !ports.isEmpty()) {
      throw new IllegalArgumentException("only a bridge has ports");
    }
  }

  private static SortedSet<String> canonical(SortedSet<String> texts, UnaryOperator<String> form) {
    SortedSet<String> result = new TreeSet<>();
    texts.forEach(text -> result.add(form.apply(text)));
    if (result.size() > ENTRY_LIMIT) {
      throw new IllegalArgumentException("at most " + ENTRY_LIMIT + " of a link");
    }
    return Collections.unmodifiableSortedSet(result);
  }

  /** A bridge as it is to be. */
  public static HostLink bridge(
      int mtuBytes,
      boolean stp,
      SortedSet<String> ports,
      SortedSet<String> addresses,
      SortedSet<String> routes) {
    return new HostLink(
        Kind.BRIDGE, mtuBytes, stp, ports, addresses, routes, Optional.empty(), "", "");
  }

  /** A card as it is to be. */
  public static HostLink card(
      int mtuBytes,
      SortedSet<String> addresses,
      SortedSet<String> routes,
      Optional<Former> former) {
    return new HostLink(
        Kind.CARD, mtuBytes, false, new TreeSet<>(), addresses, routes, former, "", "");
  }

  /** The same with other addresses and routes. */
  public HostLink with(SortedSet<String> otherAddresses, SortedSet<String> otherRoutes) {
    return new HostLink(
        kind, mtuBytes, stp, ports, otherAddresses, otherRoutes, former, extra, owner);
  }

  /** The same with another MTU. */
  public HostLink withMtu(int otherBytes) {
    return new HostLink(kind, otherBytes, stp, ports, addresses, routes, former, extra, owner);
  }

  /** The same, held by Ballast since it had that. */
  public HostLink taken(Optional<Former> had) {
    return new HostLink(kind, mtuBytes, stp, ports, addresses, routes, had, extra, owner);
  }

  /** The same, up, and without what else is the matter with it. */
  public HostLink clean() {
    return new HostLink(kind, mtuBytes, stp, ports, addresses, routes, former, "", "");
  }

  /** What it has now, to be given back one day. */
  public Former asFormer() {
    return new Former(mtuBytes, addresses, routes);
  }

  /** Its addresses and routes, for people; empty when it has none. */
  public String carries() {
    List<String> words = new ArrayList<>(addresses);
    words.addAll(routes);
    return String.join(", ", words);
  }

  /** One line for people. */
  public String describe() {
    List<String> words = new ArrayList<>();
    if (kind == Kind.BRIDGE) {
      words.add(ports.isEmpty() ? "bridge" : "bridge of " + String.join(" ", ports));
    }
    if (stp) {
      words.add("stp");
    }
    words.add("mtu " + mtuBytes);
    words.addAll(addresses);
    words.addAll(routes);
    former.ifPresent(had -> words.add("before: " + had.text()));
    if (!extra.isEmpty()) {
      words.add(extra);
    }
    if (!owner.isEmpty()) {
      words.add("managed by " + owner);
    }
    return String.join(", ", words);
  }
}

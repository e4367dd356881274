package dev.ballast.agent.host.machine;

import dev.ballast.core.model.HostLink;
import dev.ballast.core.model.HostLink.Former;
import dev.ballast.core.model.HostLink.Kind;
import dev.ballast.core.model.IpText;
import dev.ballast.core.model.LinkSetting.OwnLinks;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The way from the links that are to those that are to be, as one batch of the program ip. What a
 * card had is written beside it before anything is taken from it, and wiped out after all is given
 * back: broken off anywhere, the batch made from what is then leads to the same end.
 */
final class LinkChange {
  static final List<String> BATCH = List.of("ip", "-batch", "-");

  /** The kernel keeps so much of an alias. */
  static final int ALIAS_LIMIT = 255;

  /** Shorter networks of IPv4 have no address for all. */
  private static final int POINT_TO_POINT = 31;

  private final OwnLinks target;
  private final LinkTable.Links now;
  private final List<String> lines = new ArrayList<>();

  private LinkChange(OwnLinks target, LinkTable.Links now) {
    this.target = target;
    this.now = now;
  }

  /** One command a line; empty when the links are as they are to be. */
  static List<String> lines(OwnLinks target, LinkTable.Links now) {
    LinkChange change = new LinkChange(target, now);
    change.make();
    return change.lines;
  }

  /** Why the change cannot be written; absent when it can. */
  static Optional<String> trouble(OwnLinks target, LinkTable.Links now) {
    for (var entry : target.links().entrySet()) {
      int length =
          entry
              .getValue()
              .former()
              .map(had -> LinkTable.MARK.length() + had.text().length())
              .orElse(0);
      if (length > ALIAS_LIMIT) {
        return Optional.of(
            "link "
                + entry.getKey()
                + " has more addresses and routes than the kernel keeps beside it: take some away"
                + " first");
      }
    }
    for (String name : now.own().links().keySet()) {
      SortedSet<String> guests = now.guestPorts().getOrDefault(name, new TreeSet<>());
      if (!target.links().containsKey(name) && !guests.isEmpty()) {
        return Optional.of(
            "bridge " + name + " has the ports " + guests + " of guests: shut them off first");
      }
    }
    return Optional.empty();
  }

  private void make() {
    SortedMap<String, HostLink> changed = new TreeMap<>(target.links());
    changed.entrySet().removeIf(e -> e.getValue().equals(now.own().links().get(e.getKey())));
    SortedMap<String, HostLink> gone = new TreeMap<>(now.own().links());
    gone.keySet().removeAll(target.links().keySet());
    changed.forEach(this::mark);
    changed.forEach((name, link) -> strip(name, found(name), link.addresses(), link.routes()));
    gone.forEach(this::leave);
    changed.forEach(this::shape);
    changed.forEach(this::join);
    changed.keySet().forEach(name -> lines.add("link set dev " + name + " up"));
    changed.forEach((name, link) -> address(name, link.addresses()));
    gone.forEach(this::giveBack);
    // A route needs the address that leads to its gateway, which may be another link's.
    changed.forEach((name, link) -> route(name, link.routes()));
    gone.forEach(this::forget);
  }

  private Optional<HostLink> found(String name) {
    HostLink own = now.own().links().get(name);
    return Optional.ofNullable(own == null ? now.others().links().get(name) : own);
  }

  private void mark(String name, HostLink link) {
    if (now.own().links().containsKey(name)) {
      return;
    }
    if (link.kind() == Kind.BRIDGE) {
      lines.add("link add name " + name + " group " + LinkTable.GROUP + " type bridge stp_state 0");
    } else {
      String had = link.former().map(Former::text).orElse("");
      lines.add("link set dev " + name + " alias \"" + LinkTable.MARK + had + "\"");
    }
  }

  private void strip(
      String name, Optional<HostLink> found, Set<String> addresses, Set<String> routes) {
    if (found.isEmpty()) {
      return;
    }
    for (String route : found.get().routes()) {
      if (!routes.contains(route)) {
        lines.add("route del " + route + " dev " + name);
      }
    }
    for (String address : found.get().addresses()) {
      if (!addresses.contains(address)) {
        lines.add("address del " + address + " dev " + name);
      }
    }
  }

  private void leave(String name, HostLink link) {
    if (link.kind() == Kind.BRIDGE) {
      lines.add("link del dev " + name);
      return;
    }
    Former had = former(link);
    strip(name, Optional.of(link), had.addresses(), had.routes());
    if (isPort(name) && !isPortOfGone(name)) {
      lines.add("link set dev " + name + " nomaster");
    }
  }

  private boolean isPort(String name) {
    return now.own().links().values().stream().anyMatch(link -> link.ports().contains(name));
  }

  /** Its bridge's end has freed it. */
  private boolean isPortOfGone(String name) {
    return now.own().links().entrySet().stream()
        .filter(entry -> !target.links().containsKey(entry.getKey()))
        .anyMatch(entry -> entry.getValue().ports().contains(name));
  }

  private void shape(String name, HostLink link) {
    Optional<HostLink> found = found(name);
    if (found.isEmpty() || found.get().mtuBytes() != link.mtuBytes()) {
      lines.add("link set dev " + name + " mtu " + link.mtuBytes());
    }
    if (link.kind() == Kind.BRIDGE && found.map(HostLink::stp).orElse(false) != link.stp()) {
      lines.add("link set dev " + name + " type bridge stp_state " + (link.stp() ? 1 : 0));
    }
  }

  private void join(String name, HostLink link) {
    if (link.kind() != Kind.BRIDGE) {
      return;
    }
    SortedSet<String> has = new TreeSet<>(found(name).map(HostLink::ports).orElse(new TreeSet<>()));
    for (String port : has) {
      boolean leaves = now.own().links().containsKey(port) && !target.links().containsKey(port);
      if (!leaves && target.links().values().stream().noneMatch(l -> l.ports().contains(port))) {
        lines.add("link set dev " + port + " nomaster");
      }
    }
    for (String port : link.ports()) {
      if (!has.contains(port)) {
        lines.add("link set dev " + port + " master " + name);
      }
    }
  }

  private void address(String name, Set<String> addresses) {
    for (String address : addresses) {
      boolean wide =
          !IpText.isSix(address)
              && Integer.parseInt(address.substring(address.indexOf('/') + 1)) < POINT_TO_POINT;
      lines.add("address replace " + address + (wide ? " brd +" : "") + " dev " + name);
    }
  }

  private void route(String name, Set<String> routes) {
    routes.forEach(route -> lines.add("route replace " + route + " dev " + name));
  }

  private static Former former(HostLink link) {
    return link.former().orElseGet(() -> new Former(0, new TreeSet<>(), new TreeSet<>()));
  }

  /** What another link has now is not given back: it was moved there, and stays. */
  private void giveBack(String name, HostLink link) {
    if (link.kind() == Kind.BRIDGE) {
      return;
    }
    Former had = former(link);
    if (had.mtuBytes() != 0 && had.mtuBytes() != link.mtuBytes()) {
      lines.add("link set dev " + name + " mtu " + had.mtuBytes());
    }
    SortedSet<String> addresses = new TreeSet<>(had.addresses());
    SortedSet<String> routes = new TreeSet<>(had.routes());
    target
        .links()
        .values()
        .forEach(
            other -> {
              addresses.removeAll(other.addresses());
              routes.removeAll(other.routes());
            });
    address(name, addresses);
    route(name, routes);
  }

  private void forget(String name, HostLink link) {
    if (link.kind() == Kind.CARD) {
      lines.add("link set dev " + name + " alias \"\"");
    }
  }
}

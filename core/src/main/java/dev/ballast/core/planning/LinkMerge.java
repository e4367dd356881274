package dev.ballast.core.planning;

import dev.ballast.core.model.HostLink;
import dev.ballast.core.model.HostLink.Kind;
import dev.ballast.core.model.LinkSetting.OtherLinks;
import dev.ballast.core.model.LinkSetting.OwnLinks;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Turns what is asked of single links into the whole of a host's: cards that a bridge takes are
 * taken from their others, and given back when no bridge needs them any more.
 */
final class LinkMerge {
  private static final int USUAL_MTU_BYTES = 1_500;

  private final OtherLinks others;
  private final boolean keep;
  private final SortedMap<String, HostLink> links = new TreeMap<>();
  private final SortedSet<String> formerPorts = new TreeSet<>();

  /**
   * @param keep whether a link that comes keeps what it carries, or hands it to its bridge
   */
  LinkMerge(OwnLinks base, OtherLinks others, boolean keep) {
    this.others = others;
    this.keep = keep;
    base.links().forEach((name, link) -> links.put(name, link.clean()));
    base.links().values().forEach(link -> formerPorts.addAll(link.ports()));
  }

  /**
   * The whole.
   *
   * @throws IllegalArgumentException when it does not go together, with the reason
   */
  OwnLinks merged(OwnLinks added, Set<String> removed) {
    for (String name : new TreeSet<>(removed)) {
      if (links.remove(name) == null) {
        throw new IllegalArgumentException("has no link " + name + " that Ballast made or took");
      }
    }
    added.links().forEach(this::put);
    SortedSet<String> ports = new TreeSet<>();
    links.values().forEach(link -> ports.addAll(link.ports()));
    for (String name : removed) {
      if (ports.contains(name)) {
        throw new IllegalArgumentException(name + " is a port of a bridge: change the bridge");
      }
    }
    formerPorts.removeAll(ports);
    formerPorts.removeAll(added.links().keySet());
    links.keySet().removeAll(formerPorts);
    return new OwnLinks(links);
  }

  private void put(String name, HostLink wish) {
    if (wish.kind() == Kind.CARD) {
      HostLink held = held(name);
      HostLink kept = keep ? with(wish, held) : wish;
      links.put(
          name,
          HostLink.card(
              wish.mtuBytes() == 0 ? held.mtuBytes() : wish.mtuBytes(),
              kept.addresses(),
              kept.routes(),
              held.former()));
      return;
    }
    HostLink bridge = wish;
    int mtuBytes = Integer.MAX_VALUE;
    for (String port : wish.ports()) {
      HostLink held = held(port);
      if (keep) {
        bridge = with(bridge, held);
      }
      mtuBytes = Math.min(mtuBytes, held.mtuBytes());
      links.put(port, held.with(new TreeSet<>(), new TreeSet<>()));
    }
    HostLink before = links.get(name);
    if (before != null && keep) {
      bridge = with(bridge, before);
    }
    if (wish.mtuBytes() == 0) {
      int usual = mtuBytes == Integer.MAX_VALUE ? USUAL_MTU_BYTES : mtuBytes;
      bridge = bridge.withMtu(before == null ? usual : before.mtuBytes());
    }
    links.put(name, bridge);
  }

  private static HostLink with(HostLink link, HostLink source) {
    SortedSet<String> addresses = new TreeSet<>(link.addresses());
    SortedSet<String> routes = new TreeSet<>(link.routes());
    addresses.addAll(source.addresses());
    routes.addAll(source.routes());
    return link.with(addresses, routes);
  }

  /** The card as Ballast holds it, or will with this change. */
  private HostLink held(String name) {
    HostLink own = links.get(name);
    if (own != null) {
      return own;
    }
    HostLink other = others.links().get(name);
    if (other == null) {
      throw new IllegalArgumentException(
          "has no link " + name + "; it has " + others.links().keySet());
    }
    return HostLink.card(
        other.mtuBytes(), other.addresses(), other.routes(), Optional.of(other.asFormer()));
  }
}

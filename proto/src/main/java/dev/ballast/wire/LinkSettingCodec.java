package dev.ballast.wire;

import dev.ballast.core.model.HostLink;
import dev.ballast.core.model.LinkNeighbour;
import dev.ballast.core.model.LinkSetting;
import dev.ballast.v1.FormerLink;
import dev.ballast.v1.HostLinks;
import dev.ballast.v1.LinkNeighbours;
import dev.ballast.v1.NetworksInFiles;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Links of hosts and who is at their other ends, among the things of hosts. */
final class LinkSettingCodec {
  private LinkSettingCodec() {}

  static HostLinks toProto(SortedMap<String, HostLink> links) {
    HostLinks.Builder result = HostLinks.newBuilder();
    links.forEach((name, link) -> result.putLinks(name, toProto(link)));
    return result.build();
  }

  private static dev.ballast.v1.HostLink toProto(HostLink link) {
    dev.ballast.v1.HostLink.Builder result =
        dev.ballast.v1.HostLink.newBuilder()
            .setBridge(link.kind() == HostLink.Kind.BRIDGE)
            .setMtuBytes(link.mtuBytes())
            .setStp(link.stp())
            .addAllPorts(link.ports())
            .addAllAddresses(link.addresses())
            .addAllRoutes(link.routes())
            .setExtra(link.extra())
            .setOwner(link.owner());
    link.former()
        .ifPresent(
            had ->
                result.setFormer(
                    FormerLink.newBuilder()
                        .setMtuBytes(had.mtuBytes())
                        .addAllAddresses(had.addresses())
                        .addAllRoutes(had.routes())));
    return result.build();
  }

  static LinkNeighbours toProto(LinkSetting.Neighbours neighbours) {
    LinkNeighbours.Builder result = LinkNeighbours.newBuilder();
    for (LinkNeighbour neighbour : neighbours.found()) {
      result.addNeighbours(
          dev.ballast.v1.LinkNeighbour.newBuilder()
              .setLink(neighbour.link())
              .setSystem(neighbour.system())
              .setPort(neighbour.port())
              .addAllVlans(neighbour.vlans()));
    }
    return result.build();
  }

  static NetworksInFiles toProto(LinkSetting.InFiles files) {
    return NetworksInFiles.newBuilder()
        .addAllNetworks(files.networks())
        .addAllForwards(files.forwards())
        .build();
  }

  static LinkSetting.InFiles files(NetworksInFiles p) {
    return new LinkSetting.InFiles(
        new TreeSet<>(p.getNetworksList()), new TreeSet<>(p.getForwardsList()));
  }

  static LinkSetting.OwnLinks own(HostLinks p, At at) {
    SortedMap<String, HostLink> links = links(p, at);
    return at.make(() -> new LinkSetting.OwnLinks(links));
  }

  static LinkSetting.OtherLinks others(HostLinks p, At at) {
    SortedMap<String, HostLink> links = links(p, at);
    return at.make(() -> new LinkSetting.OtherLinks(links));
  }

  private static SortedMap<String, HostLink> links(HostLinks p, At at) {
    SortedMap<String, HostLink> links = new TreeMap<>();
    p.getLinksMap().forEach((name, link) -> links.put(name, link(link, at.field("links"))));
    return links;
  }

  private static HostLink link(dev.ballast.v1.HostLink p, At at) {
    Optional<HostLink.Former> former =
        p.hasFormer()
            ? Optional.of(
                new HostLink.Former(
                    at.natural(p.getFormer().getMtuBytes()),
                    new TreeSet<>(p.getFormer().getAddressesList()),
                    new TreeSet<>(p.getFormer().getRoutesList())))
            : Optional.empty();
    return at.make(
        () ->
            new HostLink(
                p.getBridge() ? HostLink.Kind.BRIDGE : HostLink.Kind.CARD,
                at.natural(p.getMtuBytes()),
                p.getStp(),
                new TreeSet<>(p.getPortsList()),
                new TreeSet<>(p.getAddressesList()),
                new TreeSet<>(p.getRoutesList()),
                former,
                p.getExtra(),
                p.getOwner()));
  }

  static LinkSetting.Neighbours neighbours(LinkNeighbours p, At at) {
    SortedSet<LinkNeighbour> found = new TreeSet<>();
    p.getNeighboursList()
        .forEach(
            n ->
                found.add(
                    new LinkNeighbour(
                        n.getLink(), n.getSystem(), n.getPort(), new TreeSet<>(n.getVlansList()))));
    return at.make(() -> new LinkSetting.Neighbours(found));
  }
}

package dev.ballast.agent.executor;

import dev.ballast.core.model.HostLink;
import dev.ballast.core.model.HostLink.Former;
import dev.ballast.core.model.HostLink.Kind;
import dev.ballast.core.model.LinkNeighbour;
import dev.ballast.core.model.LinkSetting;
import dev.ballast.core.model.LinkSetting.InFiles;
import dev.ballast.core.model.LinkSetting.Neighbours;
import dev.ballast.core.model.LinkSetting.OtherLinks;
import dev.ballast.core.model.LinkSetting.OwnLinks;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Links of the host in an undo record. */
final class LinkRecord {
  static final int OWN_LINKS = 90;
  static final int OTHER_LINKS = 91;
  static final int NEIGHBOURS = 92;
  static final int IN_FILES = 93;

  private LinkRecord() {}

  static void write(DataOutputStream out, LinkSetting setting) throws IOException {
    switch (setting) {
      case OwnLinks(var links) -> {
        out.writeByte(OWN_LINKS);
        links(out, links);
      }
      case OtherLinks(var links) -> {
        out.writeByte(OTHER_LINKS);
        links(out, links);
      }
      case InFiles(var networks, var forwards) -> {
        out.writeByte(IN_FILES);
        set(out, networks);
        set(out, forwards);
      }
      case Neighbours(var found) -> {
        out.writeByte(NEIGHBOURS);
        out.writeInt(found.size());
        for (LinkNeighbour neighbour : found) {
          ObjectStateCodec.text(out, neighbour.link());
          ObjectStateCodec.text(out, neighbour.system());
          ObjectStateCodec.text(out, neighbour.port());
          out.writeInt(neighbour.vlans().size());
          for (int vlan : neighbour.vlans()) {
            out.writeInt(vlan);
          }
        }
      }
    }
  }

  private static void links(DataOutputStream out, SortedMap<String, HostLink> links)
      throws IOException {
    out.writeInt(links.size());
    for (Map.Entry<String, HostLink> entry : links.entrySet()) {
      HostLink link = entry.getValue();
      ObjectStateCodec.text(out, entry.getKey());
      out.writeBoolean(link.kind() == Kind.BRIDGE);
      out.writeInt(link.mtuBytes());
      out.writeBoolean(link.stp());
      set(out, link.ports());
      set(out, link.addresses());
      set(out, link.routes());
      out.writeBoolean(link.former().isPresent());
      if (link.former().isPresent()) {
        Former had = link.former().get();
        out.writeInt(had.mtuBytes());
        set(out, had.addresses());
        set(out, had.routes());
      }
      ObjectStateCodec.text(out, link.extra());
      ObjectStateCodec.text(out, link.owner());
    }
  }

  private static void set(DataOutputStream out, SortedSet<String> texts) throws IOException {
    out.writeInt(texts.size());
    for (String text : texts) {
      ObjectStateCodec.text(out, text);
    }
  }

  static LinkSetting read(int kind, DataInputStream in) throws IOException {
    return switch (kind) {
      case OWN_LINKS -> new OwnLinks(links(in));
      case OTHER_LINKS -> new OtherLinks(links(in));
      case IN_FILES -> new InFiles(set(in), set(in));
      default -> neighbours(in);
    };
  }

  private static int count(DataInputStream in) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > LinkSetting.LINK_LIMIT) {
      throw new IOException(count + " entries of links");
    }
    return count;
  }

  private static SortedMap<String, HostLink> links(DataInputStream in) throws IOException {
    SortedMap<String, HostLink> links = new TreeMap<>();
    for (int i = count(in); i > 0; i--) {
      String name = ObjectStateCodec.text(in);
      links.put(
          name,
          new HostLink(
              in.readBoolean() ? Kind.BRIDGE : Kind.CARD,
              in.readInt(),
              in.readBoolean(),
              set(in),
              set(in),
              set(in),
              in.readBoolean()
                  ? Optional.of(new Former(in.readInt(), set(in), set(in)))
                  : Optional.empty(),
              ObjectStateCodec.text(in),
              ObjectStateCodec.text(in)));
    }
    return links;
  }

  private static SortedSet<String> set(DataInputStream in) throws IOException {
    SortedSet<String> texts = new TreeSet<>();
    for (int i = count(in); i > 0; i--) {
      texts.add(ObjectStateCodec.text(in));
    }
    return texts;
  }

  private static LinkSetting neighbours(DataInputStream in) throws IOException {
    SortedSet<LinkNeighbour> found = new TreeSet<>();
    for (int i = count(in); i > 0; i--) {
      String link = ObjectStateCodec.text(in);
      String system = ObjectStateCodec.text(in);
      String port = ObjectStateCodec.text(in);
      SortedSet<Integer> vlans = new TreeSet<>();
      for (int j = in.readInt(); j > 0; j--) {
        vlans.add(in.readInt());
      }
      found.add(new LinkNeighbour(link, system, port, vlans));
    }
    return new Neighbours(found);
  }
}

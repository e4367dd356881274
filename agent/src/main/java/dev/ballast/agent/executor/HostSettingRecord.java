package dev.ballast.agent.executor;

import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.HostSetting.Hugepages;
import dev.ballast.core.model.HostSetting.IpForwarding;
import dev.ballast.core.model.HostSetting.OtherNetworks;
import dev.ballast.core.model.HostSetting.PortForwards;
import dev.ballast.core.model.HostSetting.ReservedCpus;
import dev.ballast.core.model.HostSetting.TimeSources;
import dev.ballast.core.model.HostSetting.VirtualNetworks;
import dev.ballast.core.model.ImageFile;
import dev.ballast.core.model.ImageFile.Content;
import dev.ballast.core.model.LinkSetting;
import dev.ballast.core.model.Trash;
import dev.ballast.core.model.VirtualNetwork;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VolumeFile;
import dev.ballast.core.model.VolumeSource;
import dev.ballast.core.model.VolumeSource.Kind;
import dev.ballast.core.topology.CpuSet;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** One thing of the machine in an undo record. */
final class HostSettingRecord {
  private static final int HUGEPAGES = 1;
  private static final int RESERVED_CPUS = 2;
  private static final int TIME_SOURCES = 3;
  private static final int IP_FORWARDING = 30;
  private static final int VIRTUAL_NETWORKS = 31;
  private static final int OTHER_NETWORKS = 32;
  private static final int PORT_FORWARDS = 33;

  /** At most so many of anything. */
  private static final int ENTRY_LIMIT = 100_000;

  private static final int IMAGE = 120;
  private static final int VOLUME = 121;
  private static final int TRASH = 180;

  private HostSettingRecord() {}

  static void write(DataOutputStream out, HostSetting setting) throws IOException {
    switch (setting) {
      case Hugepages(long pageSizeBytes, int node, long count) -> {
        out.writeByte(HUGEPAGES);
        out.writeLong(pageSizeBytes);
        out.writeInt(node);
        out.writeLong(count);
      }
      case ReservedCpus(CpuSet cpus) -> {
        out.writeByte(RESERVED_CPUS);
        ObjectStateCodec.text(out, cpus.toString());
      }
      case TimeSources(SortedSet<String> servers) -> {
        out.writeByte(TIME_SOURCES);
        out.writeInt(servers.size());
        for (String server : servers) {
          ObjectStateCodec.text(out, server);
        }
      }
      case IpForwarding(boolean ipv4, boolean ipv6) -> {
        out.writeByte(IP_FORWARDING);
        out.writeBoolean(ipv4);
        out.writeBoolean(ipv6);
      }
      case VirtualNetworks(var networks) -> {
        out.writeByte(VIRTUAL_NETWORKS);
        out.writeInt(networks.size());
        for (Map.Entry<String, VirtualNetwork> entry : networks.entrySet()) {
          ObjectStateCodec.text(out, entry.getKey());
          write(out, entry.getValue());
        }
      }
      case OtherNetworks(var networks) -> {
        out.writeByte(OTHER_NETWORKS);
        map(out, networks);
      }
      case PortForwards(var forwards, var masquerades, int foreignRules) -> {
        out.writeByte(PORT_FORWARDS);
        map(out, forwards);
        out.writeInt(masquerades.size());
        for (String subnet : masquerades) {
          ObjectStateCodec.text(out, subnet);
        }
        out.writeInt(foreignRules);
      }
      case LinkSetting links -> LinkRecord.write(out, links);
      case Trash(var files) -> {
        out.writeByte(TRASH);
        out.writeInt(files.size());
        for (Map.Entry<String, Trash.Discarded> entry : files.entrySet()) {
          ObjectStateCodec.text(out, entry.getKey());
          ObjectStateCodec.text(out, entry.getValue().what());
          out.writeLong(entry.getValue().sizeBytes());
          out.writeLong(entry.getValue().discardedEpochMillis());
        }
      }
      case VolumeFile volume -> {
        out.writeByte(VOLUME);
        volume(out, volume);
      }
      case ImageFile image -> {
        out.writeByte(IMAGE);
        ObjectStateCodec.text(out, image.name());
        out.writeBoolean(image.content().isPresent());
        if (image.content().isPresent()) {
          Content content = image.content().get();
          ObjectStateCodec.text(out, content.format());
          ObjectStateCodec.text(out, content.digest());
          ObjectStateCodec.text(out, content.source());
        }
      }
    }
  }

  private static void write(DataOutputStream out, VirtualNetwork network) throws IOException {
    ObjectStateCodec.text(out, network.mode());
    ObjectStateCodec.text(out, network.bridge());
    ObjectStateCodec.text(out, network.address());
    ObjectStateCodec.text(out, network.rangeStart());
    ObjectStateCodec.text(out, network.rangeEnd());
    map(out, network.leases());
    out.writeBoolean(network.active());
    out.writeBoolean(network.autostart());
    ObjectStateCodec.text(out, network.extra());
  }

  private static VirtualNetwork network(DataInputStream in) throws IOException {
    return new VirtualNetwork(
        ObjectStateCodec.text(in),
        ObjectStateCodec.text(in),
        ObjectStateCodec.text(in),
        ObjectStateCodec.text(in),
        ObjectStateCodec.text(in),
        map(in),
        in.readBoolean(),
        in.readBoolean(),
        ObjectStateCodec.text(in));
  }

  private static void map(DataOutputStream out, SortedMap<String, String> map) throws IOException {
    out.writeInt(map.size());
    for (Map.Entry<String, String> entry : map.entrySet()) {
      ObjectStateCodec.text(out, entry.getKey());
      ObjectStateCodec.text(out, entry.getValue());
    }
  }

  private static SortedMap<String, String> map(DataInputStream in) throws IOException {
    SortedMap<String, String> map = new TreeMap<>();
    for (int i = count(in); i > 0; i--) {
      map.put(ObjectStateCodec.text(in), ObjectStateCodec.text(in));
    }
    return map;
  }

  private static int count(DataInputStream in) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > ENTRY_LIMIT) {
      throw new IOException(count + " entries");
    }
    return count;
  }

  private static void volume(DataOutputStream out, VolumeFile volume) throws IOException {
    ObjectStateCodec.text(out, volume.path());
    out.writeBoolean(volume.content().isPresent());
    if (volume.content().isPresent()) {
      VolumeFile.Content content = volume.content().get();
      ObjectStateCodec.text(out, content.format());
      ObjectStateCodec.optional(out, content.source().image());
      ObjectStateCodec.text(out, content.source().kind().name());
      out.writeLong(content.source().sizeBytes());
      ObjectStateCodec.text(out, content.owner().value());
      out.writeLong(content.generation());
    }
  }

  private static VolumeFile volume(DataInputStream in) throws IOException {
    String path = ObjectStateCodec.text(in);
    if (!in.readBoolean()) {
      return new VolumeFile(path, Optional.empty());
    }
    String format = ObjectStateCodec.text(in);
    Optional<String> image = ObjectStateCodec.optional(in);
    Kind kind = Kind.valueOf(ObjectStateCodec.text(in));
    VolumeSource source = new VolumeSource(image, kind, in.readLong());
    return new VolumeFile(
        path,
        new VolumeFile.Content(
            format, source, new VmName(ObjectStateCodec.text(in)), in.readLong()));
  }

  private static ImageFile image(DataInputStream in) throws IOException {
    String name = ObjectStateCodec.text(in);
    return in.readBoolean()
        ? new ImageFile(
            name,
            new Content(
                ObjectStateCodec.text(in), ObjectStateCodec.text(in), ObjectStateCodec.text(in)))
        : new ImageFile(name, Optional.empty());
  }

  static HostSetting read(DataInputStream in) throws IOException {
    int kind = in.readUnsignedByte();
    return switch (kind) {
      case HUGEPAGES -> new Hugepages(in.readLong(), in.readInt(), in.readLong());
      case RESERVED_CPUS -> new ReservedCpus(CpuSet.parse(ObjectStateCodec.text(in)));
      case TIME_SOURCES -> {
        int count = in.readInt();
        if (count < 0 || count > TimeSources.SERVER_LIMIT) {
          throw new IOException(count + " time servers");
        }
        SortedSet<String> servers = new TreeSet<>();
        for (int i = 0; i < count; i++) {
          servers.add(ObjectStateCodec.text(in));
        }
        yield new TimeSources(servers);
      }
      case IP_FORWARDING -> new IpForwarding(in.readBoolean(), in.readBoolean());
      case VIRTUAL_NETWORKS -> {
        SortedMap<String, VirtualNetwork> networks = new TreeMap<>();
        for (int i = count(in); i > 0; i--) {
          networks.put(ObjectStateCodec.text(in), network(in));
        }
        yield new VirtualNetworks(networks);
      }
      case OTHER_NETWORKS -> new OtherNetworks(map(in));
      case PORT_FORWARDS -> {
        SortedMap<String, String> forwards = map(in);
        SortedSet<String> masquerades = new TreeSet<>();
        for (int i = count(in); i > 0; i--) {
          masquerades.add(ObjectStateCodec.text(in));
        }
        yield new PortForwards(forwards, masquerades, in.readInt());
      }
      case LinkRecord.OWN_LINKS,
          LinkRecord.OTHER_LINKS,
          LinkRecord.NEIGHBOURS,
          LinkRecord.IN_FILES ->
          LinkRecord.read(kind, in);
      case IMAGE -> image(in);
      case VOLUME -> volume(in);
      case TRASH -> {
        SortedMap<String, Trash.Discarded> files = new TreeMap<>();
        for (int i = count(in); i > 0; i--) {
          files.put(
              ObjectStateCodec.text(in),
              new Trash.Discarded(ObjectStateCodec.text(in), in.readLong(), in.readLong()));
        }
        yield new Trash(files);
      }
      default -> throw new IOException("thing of unknown kind " + kind);
    };
  }
}

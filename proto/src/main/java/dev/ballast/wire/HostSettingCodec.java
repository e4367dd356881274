package dev.ballast.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ballast.core.action.Expectation;
import dev.ballast.core.action.Reversible;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.ImageFile;
import dev.ballast.core.model.LinkSetting;
import dev.ballast.core.model.Trash;
import dev.ballast.core.model.VolumeFile;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.v1.HostSettingRecord;
import dev.ballast.v1.Hugepages;
import dev.ballast.v1.ReservedCpus;
import dev.ballast.v1.SetHostSetting;
import dev.ballast.v1.StoredHostSetting;
import dev.ballast.v1.StoredHostSettingKey;
import dev.ballast.v1.TimeSources;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Things of hosts that actions set. {@code fromProto} throws {@link WireException}. */
public final class HostSettingCodec {
  /** At most so many things of one host: hugepages of each size on each NUMA node, and files. */
  static final int SETTINGS_LIMIT = 16_384;

  private HostSettingCodec() {}

  public static byte[] toBytes(HostSetting setting) {
    return toProto(setting).toByteArray();
  }

  /**
   * The setting.
   *
   * @throws WireException when the bytes are damaged or of a newer version
   */
  public static HostSetting fromBytes(byte[] bytes) {
    try {
      dev.ballast.v1.HostSetting setting = dev.ballast.v1.HostSetting.parseFrom(bytes);
      At at = new At("HostSetting");
      at.refuseUnknown(setting);
      return setting(setting, at);
    } catch (InvalidProtocolBufferException e) {
      throw PlanCodec.damaged("HostSetting", e);
    }
  }

  public static dev.ballast.v1.HostSetting toProto(HostSetting setting) {
    dev.ballast.v1.HostSetting.Builder result = dev.ballast.v1.HostSetting.newBuilder();
    switch (setting) {
      case HostSetting.Hugepages(long size, int node, long count) ->
          result.setHugepages(
              Hugepages.newBuilder().setPageSizeBytes(size).setNode(node).setCount(count));
      case HostSetting.ReservedCpus(var cpus) ->
          result.setReservedCpus(ReservedCpus.newBuilder().setCpus(cpus.toString()));
      case HostSetting.TimeSources(var servers) ->
          result.setTimeSources(TimeSources.newBuilder().addAllServers(servers));
      case HostSetting.IpForwarding forwarding ->
          result.setIpForwarding(NetworkSettingCodec.toProto(forwarding));
      case HostSetting.VirtualNetworks networks ->
          result.setVirtualNetworks(NetworkSettingCodec.toProto(networks));
      case HostSetting.OtherNetworks networks ->
          result.setOtherNetworks(NetworkSettingCodec.toProto(networks));
      case HostSetting.PortForwards forwards ->
          result.setPortForwards(NetworkSettingCodec.toProto(forwards));
      case LinkSetting.OwnLinks(var links) -> result.setOwnLinks(LinkSettingCodec.toProto(links));
      case LinkSetting.OtherLinks(var links) ->
          result.setOtherLinks(LinkSettingCodec.toProto(links));
      case LinkSetting.InFiles files -> result.setNetworksInFiles(LinkSettingCodec.toProto(files));
      case LinkSetting.Neighbours neighbours ->
          result.setNeighbours(LinkSettingCodec.toProto(neighbours));
      case ImageFile image -> result.setImage(StoredFileCodec.toProto(image));
      case VolumeFile volume -> result.setVolume(StoredFileCodec.toProto(volume));
      case Trash trash -> result.setTrash(StorageActionCodec.toProto(trash));
    }
    return result.build();
  }

  public static HostSetting fromProto(dev.ballast.v1.HostSetting setting) {
    return setting(setting, new At("HostSetting"));
  }

  static HostSetting setting(dev.ballast.v1.HostSetting p, At at) {
    return switch (p.getSettingCase()) {
      case HUGEPAGES -> {
        Hugepages pages = p.getHugepages();
        yield at.field("hugepages")
            .make(
                () ->
                    new HostSetting.Hugepages(
                        pages.getPageSizeBytes(), pages.getNode(), pages.getCount()));
      }
      case RESERVED_CPUS ->
          new HostSetting.ReservedCpus(
              at.field("reserved_cpus").cpus("cpus", p.getReservedCpus().getCpus()));
      case TIME_SOURCES ->
          at.field("time_sources")
              .make(
                  () ->
                      new HostSetting.TimeSources(
                          new TreeSet<>(p.getTimeSources().getServersList())));
      case IP_FORWARDING ->
          new HostSetting.IpForwarding(
              p.getIpForwarding().getIpv4(), p.getIpForwarding().getIpv6());
      case VIRTUAL_NETWORKS ->
          NetworkSettingCodec.networks(p.getVirtualNetworks(), at.field("virtual_networks"));
      case OTHER_NETWORKS ->
          new HostSetting.OtherNetworks(new TreeMap<>(p.getOtherNetworks().getNetworksMap()));
      case PORT_FORWARDS ->
          NetworkSettingCodec.forwards(p.getPortForwards(), at.field("port_forwards"));
      case OWN_LINKS -> LinkSettingCodec.own(p.getOwnLinks(), at.field("own_links"));
      case OTHER_LINKS -> LinkSettingCodec.others(p.getOtherLinks(), at.field("other_links"));
      case NEIGHBOURS -> LinkSettingCodec.neighbours(p.getNeighbours(), at.field("neighbours"));
      case NETWORKS_IN_FILES -> LinkSettingCodec.files(p.getNetworksInFiles());
      case IMAGE -> StoredFileCodec.image(p.getImage(), at.field("image"));
      case VOLUME -> StoredFileCodec.volume(p.getVolume(), at.field("volume"));
      case TRASH -> StorageActionCodec.trash(p.getTrash(), at.field("trash"));
      case SETTING_NOT_SET -> throw at.fault("holds no setting that this version knows");
    };
  }

  public static List<dev.ballast.v1.HostSetting> toProto(SortedMap<String, HostSetting> settings) {
    return settings.values().stream().map(HostSettingCodec::toProto).toList();
  }

  /** Settings by key; one that this version does not know is left out: it only observes. */
  static SortedMap<String, HostSetting> observed(List<dev.ballast.v1.HostSetting> settings, At at) {
    if (settings.size() > SETTINGS_LIMIT) {
      throw at.fault("has " + settings.size() + " entries, at most " + SETTINGS_LIMIT);
    }
    SortedMap<String, HostSetting> result = new TreeMap<>();
    for (int i = 0; i < settings.size(); i++) {
      if (settings.get(i).getSettingCase()
          != dev.ballast.v1.HostSetting.SettingCase.SETTING_NOT_SET) {
        HostSetting setting = setting(settings.get(i), at.index(i));
        if (result.put(setting.key(), setting) != null) {
          throw at.index(i).fault(setting.key() + " stands twice");
        }
      }
    }
    return result;
  }

  static SetHostSetting toProto(Reversible.SetHostSetting action) {
    return SetHostSetting.newBuilder().setSetting(toProto(action.setting())).build();
  }

  static Reversible.SetHostSetting action(SetHostSetting p, At at) {
    return new Reversible.SetHostSetting(
        at.required("setting", p.hasSetting(), p.getSetting(), HostSettingCodec::setting));
  }

  static HostSettingRecord toProto(Expectation.HostSettingRecord expectation) {
    return HostSettingRecord.newBuilder().setSetting(toProto(expectation.setting())).build();
  }

  static Expectation.HostSettingRecord record(HostSettingRecord p, At at) {
    return new Expectation.HostSettingRecord(
        at.required("setting", p.hasSetting(), p.getSetting(), HostSettingCodec::setting));
  }

  static StoredHostSetting toProto(DesiredChange.PutHostSetting change) {
    return StoredHostSetting.newBuilder()
        .setHost(change.host().value())
        .setSetting(toProto(change.setting()))
        .build();
  }

  static DesiredChange.PutHostSetting put(StoredHostSetting p, At at) {
    return new DesiredChange.PutHostSetting(
        at.host("host", p.getHost()),
        at.required("setting", p.hasSetting(), p.getSetting(), HostSettingCodec::setting));
  }

  static DesiredChange.RemoveHostSetting remove(StoredHostSettingKey p, At at) {
    return new DesiredChange.RemoveHostSetting(
        at.host("host", p.getHost()), at.shortText("key", p.getKey()));
  }
}

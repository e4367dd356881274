package dev.ballast.wire;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.SwitchOptions;
import dev.ballast.v1.BondOptions;
import dev.ballast.v1.PortMirror;
import dev.ballast.v1.PortRate;
import dev.ballast.v1.SflowOptions;
import dev.ballast.v1.VxlanOptions;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** What networks ask of bridges. */
public final class SwitchOptionsCodec {
  private SwitchOptionsCodec() {}

  public static dev.ballast.v1.SwitchOptions toProto(SwitchOptions options) {
    dev.ballast.v1.SwitchOptions.Builder result =
        dev.ballast.v1.SwitchOptions.newBuilder()
            .setFailMode(options.failMode())
            .setDatapath(options.datapath())
            .setStp(options.stp())
            .setRstp(options.rstp())
            .addAllPatches(options.patches());
    options.nativeVlan().ifPresent(result::setNativeVlan);
    options.bond().ifPresent(bond -> result.setBond(bond(bond)));
    options.vxlan().ifPresent(vxlan -> result.setVxlan(vxlan(vxlan)));
    options.rates().forEach((port, rate) -> result.putRates(port, rate(rate)));
    options.mirrors().forEach((name, mirror) -> result.putMirrors(name, mirror(mirror)));
    options.sflow().ifPresent(sflow -> result.setSflow(sflow(sflow)));
    return result.build();
  }

  private static BondOptions bond(SwitchOptions.Bond bond) {
    return BondOptions.newBuilder()
        .setName(bond.name())
        .addAllMembers(bond.members())
        .setMode(bond.mode())
        .setLacp(bond.lacp())
        .build();
  }

  private static VxlanOptions vxlan(SwitchOptions.Vxlan vxlan) {
    VxlanOptions.Builder result =
        VxlanOptions.newBuilder().setVni(vxlan.vni()).setPort(vxlan.port());
    vxlan.addresses().forEach((host, address) -> result.putAddresses(host.value(), address));
    return result.build();
  }

  private static PortRate rate(SwitchOptions.PortRate rate) {
    return PortRate.newBuilder()
        .setMaxKilobitsPerSecond(rate.maxKilobitsPerSecond())
        .setIngressKilobitsPerSecond(rate.ingressKilobitsPerSecond())
        .setIngressBurstKilobits(rate.ingressBurstKilobits())
        .build();
  }

  private static PortMirror mirror(SwitchOptions.Mirror mirror) {
    PortMirror.Builder result = PortMirror.newBuilder().addAllFrom(mirror.from());
    mirror.toPort().ifPresent(result::setToPort);
    mirror.toVlan().ifPresent(result::setToVlan);
    return result.build();
  }

  private static SflowOptions sflow(SwitchOptions.Sflow sflow) {
    return SflowOptions.newBuilder()
        .addAllTargets(sflow.targets())
        .setAgent(sflow.agent())
        .setSampling(sflow.sampling())
        .setPollingSeconds(sflow.pollingSeconds())
        .build();
  }

  /**
   * The options.
   *
   * @throws IllegalArgumentException when they hold what no bridge can have
   */
  public static SwitchOptions fromProto(dev.ballast.v1.SwitchOptions p) {
    SortedMap<String, SwitchOptions.PortRate> rates = new TreeMap<>();
    p.getRatesMap()
        .forEach(
            (port, rate) ->
                rates.put(
                    port,
                    new SwitchOptions.PortRate(
                        rate.getMaxKilobitsPerSecond(),
                        rate.getIngressKilobitsPerSecond(),
                        rate.getIngressBurstKilobits())));
    SortedMap<String, SwitchOptions.Mirror> mirrors = new TreeMap<>();
    p.getMirrorsMap().forEach((name, mirror) -> mirrors.put(name, mirror(mirror)));
    return new SwitchOptions(
        p.hasNativeVlan() ? Optional.of(p.getNativeVlan()) : Optional.empty(),
        p.hasBond() ? Optional.of(bond(p.getBond())) : Optional.empty(),
        p.getFailMode(),
        p.getDatapath(),
        p.getStp(),
        p.getRstp(),
        new TreeSet<>(p.getPatchesList()),
        p.hasVxlan() ? Optional.of(vxlan(p.getVxlan())) : Optional.empty(),
        rates,
        mirrors,
        p.hasSflow() ? Optional.of(sflow(p.getSflow())) : Optional.empty());
  }

  private static SwitchOptions.Bond bond(BondOptions p) {
    return new SwitchOptions.Bond(
        p.getName(), new TreeSet<>(p.getMembersList()), p.getMode(), p.getLacp());
  }

  private static SwitchOptions.Vxlan vxlan(VxlanOptions p) {
    SortedMap<HostName, String> addresses = new TreeMap<>();
    p.getAddressesMap().forEach((host, address) -> addresses.put(new HostName(host), address));
    return new SwitchOptions.Vxlan(p.getVni(), p.getPort(), addresses);
  }

  private static SwitchOptions.Mirror mirror(PortMirror p) {
    return new SwitchOptions.Mirror(
        new TreeSet<>(p.getFromList()),
        p.hasToPort() ? Optional.of(p.getToPort()) : Optional.empty(),
        p.hasToVlan() ? Optional.of(p.getToVlan()) : Optional.empty());
  }

  private static SwitchOptions.Sflow sflow(SflowOptions p) {
    return new SwitchOptions.Sflow(
        new TreeSet<>(p.getTargetsList()), p.getAgent(), p.getSampling(), p.getPollingSeconds());
  }
}

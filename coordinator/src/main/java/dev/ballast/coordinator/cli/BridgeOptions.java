package dev.ballast.coordinator.cli;

import dev.ballast.v1.BondOptions;
import dev.ballast.v1.SwitchOptions;
import dev.ballast.v1.VxlanOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a bridge is to be besides uplinks and VLANs. */
final class BridgeOptions {
  private static final int VXLAN_PORT = 4_789;

  @Option(
      names = "--native-vlan",
      paramLabel = "ID",
      description = "The VLAN that uplinks carry untagged, besides the tagged ones.")
  private @Nullable Integer nativeVlan;

  @Option(
      names = "--bond",
      paramLabel = "NAME=NIC,NIC…",
      description = "Network cards that join the bridge as one port.")
  private @Nullable String bond;

  @Option(
      names = "--bond-mode",
      paramLabel = "MODE",
      defaultValue = "active-backup",
      description = "active-backup (default), balance-slb or balance-tcp.")
  private String bondMode = "active-backup";

  @Option(
      names = "--lacp",
      paramLabel = "MODE",
      defaultValue = "off",
      description = "off (default), active or passive.")
  private String lacp = "off";

  @Option(
      names = "--fail-mode",
      paramLabel = "MODE",
      defaultValue = "",
      description = "standalone (default) or secure: without a controller no frame passes.")
  private String failMode = "";

  @Option(
      names = "--datapath",
      paramLabel = "TYPE",
      defaultValue = "",
      description = "system or netdev; what the host has without it.")
  private String datapath = "";

  @Option(names = "--stp", description = "Spanning tree, off by default.")
  private boolean stp;

  @Option(names = "--rstp", description = "Rapid spanning tree, off by default.")
  private boolean rstp;

  @Option(
      names = "--patch",
      paramLabel = "BRIDGE",
      description = "Patch it to the bridge of another network, may be repeated.")
  private List<String> patches = new ArrayList<>();

  @Option(
      names = "--vxlan",
      paramLabel = "VNI",
      description =
          "Tunnels between all its hosts, which are reached where their libvirt is; other"
              + " addresses are written in a file.")
  private @Nullable Integer vni;

  boolean hasBond() {
    return bond != null;
  }

  boolean areGiven() {
    return !proto().equals(SwitchOptions.getDefaultInstance());
  }

  void check() {
    if (bond != null && !bond.matches("[^=]+=[^=,]+(,[^=,]+)+")) {
      throw new CliException(
          ExitCode.USAGE,
          "--bond names a port and at least two network cards, not '" + bond + "'",
          "write --bond bond0=eth1,eth2");
    }
    if (bond == null && !(bondMode.equals("active-backup") && lacp.equals("off"))) {
      throw new CliException(
          ExitCode.USAGE, "--bond-mode and --lacp say nothing without --bond", "name the bond");
    }
  }

  SwitchOptions proto() {
    SwitchOptions.Builder options =
        SwitchOptions.newBuilder()
            .setFailMode(failMode)
            .setDatapath(datapath)
            .setStp(stp)
            .setRstp(rstp)
            .addAllPatches(patches);
    if (nativeVlan != null) {
      options.setNativeVlan(nativeVlan);
    }
    if (vni != null) {
      options.setVxlan(VxlanOptions.newBuilder().setVni(vni).setPort(VXLAN_PORT));
    }
    if (bond != null) {
      String[] parts = bond.split("=", 2);
      options.setBond(
          BondOptions.newBuilder()
              .setName(parts[0])
              .addAllMembers(List.of(parts[1].split(",")))
              .setMode(bondMode)
              .setLacp(lacp));
    }
    return options.build();
  }
}

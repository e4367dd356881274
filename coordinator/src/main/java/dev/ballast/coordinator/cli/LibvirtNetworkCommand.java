package dev.ballast.coordinator.cli;

import dev.ballast.core.model.HostSetting.VirtualNetworks;
import dev.ballast.core.model.VirtualNetwork;
import dev.ballast.v1.PlanHostSettingRequest;
import dev.ballast.wire.HostSettingCodec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A network of libvirt on hosts. */
@Command(
    name = "libvirt-network",
    description = {
      "Make, change or remove a network of libvirt on hosts.",
      "",
      "It is defined, started, and started with libvirt from then on. Networks that others made are"
          + " shown by 'ballast hosts HOST', and never changed. A network with guests on it does"
          + " not change."
    })
final class LibvirtNetworkCommand extends ApiCommand {
  /** What is to become of the network. */
  enum Verb {
    SET,
    REMOVE
  }

  @Parameters(index = "0", paramLabel = "set|remove")
  private Verb verb = Verb.SET;

  @Parameters(index = "1", paramLabel = "NAME")
  private String name = "";

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Only this host, may be repeated; all hosts without it.")
  private List<String> hosts = new ArrayList<>();

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "nat",
      description =
          "nat (default), route, isolated, or open: libvirt writes no rules of its own, so that"
              + " 'ballast forward' can lead into it.")
  private String mode = "nat";

  @Option(
      names = "--address",
      paramLabel = "IP/PREFIX",
      defaultValue = "",
      description = "The host's address on it, such as 10.5.0.1/24.")
  private String address = "";

  @Option(
      names = "--range",
      paramLabel = "FIRST-LAST",
      defaultValue = "",
      description = "Addresses that are given out; none without it.")
  private String range = "";

  @Option(
      names = "--lease",
      paramLabel = "MAC=IP",
      description = "An address that a card always gets; may be repeated.")
  private Map<String, String> leases = new LinkedHashMap<>();

  @Mixin private final ChangeOptions change = new ChangeOptions();

  LibvirtNetworkCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  void check() {
    var _ = networks();
  }

  @Override
  int run(Session session) {
    PlanHostSettingRequest.Builder request =
        PlanHostSettingRequest.newBuilder()
            .addAllHosts(hosts)
            .setMerge(true)
            .setSetting(HostSettingCodec.toProto(networks()));
    if (verb == Verb.REMOVE) {
      request.addRemoved(name);
    }
    return change.carryOut(session, session.call(stub -> stub.planHostSetting(request.build())));
  }

  private VirtualNetworks networks() {
    if (verb == Verb.REMOVE) {
      return new VirtualNetworks(new TreeMap<>());
    }
    try {
      String[] ends = range.isEmpty() ? new String[] {"", ""} : range.split("-", 2);
      SortedMap<String, VirtualNetwork> networks = new TreeMap<>();
      networks.put(
          name,
          VirtualNetwork.wanted(
              name, mode, address, ends[0], ends.length > 1 ? ends[1] : "", new TreeMap<>(leases)));
      return new VirtualNetworks(networks);
    } catch (IllegalArgumentException e) {
      throw new CliException(
          ExitCode.USAGE,
          String.valueOf(e.getMessage()),
          "for example --address 10.5.0.1/24 --range 10.5.0.10-10.5.0.99");
    }
  }
}

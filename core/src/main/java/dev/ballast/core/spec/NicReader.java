package dev.ballast.core.spec;

import dev.ballast.core.model.Identity;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.NicSpec;
import dev.ballast.core.model.VmName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the network cards of one VM and derives the MAC addresses that are not written.
 *
 * @param vm absent when its name could not be read; then nothing is derived
 */
record NicReader(String cluster, Optional<VmName> vm, Duplicates duplicates) {
  static final int NIC_LIMIT = 16;

  /** The network cards that could be read. */
  List<NicSpec> nics(Field field) {
    List<NicSpec> nics = new ArrayList<>();
    List<Field> items = field.items(NIC_LIMIT, "[{bridge: br0}]").orElse(List.of());
    for (int i = 0; i < items.size(); i++) {
      int index = i;
      Field item = items.get(i);
      item.section("network", "bridge", "mac", "openVswitch", "vlan", "limits")
          .flatMap(nic -> nic(item, nic, index))
          .ifPresent(nics::add);
    }
    return nics;
  }

  private Optional<NicSpec> nic(Field item, Section nic, int index) {
    Optional<String> mac =
        nic.get("mac").isPresent() ? written(nic.get("mac").get()) : derived(item, index);
    return nic.get("network").isPresent()
        ? inNetwork(item, nic, nic.get("network").get(), mac)
        : onBridge(nic, mac);
  }

  private static Optional<NicSpec> inNetwork(
      Field item, Section nic, Field network, Optional<String> mac) {
    for (String key : List.of("bridge", "openVswitch", "vlan")) {
      if (nic.get(key).isPresent()) {
        item.fault(
            "'network' and '" + key + "' exclude each other", "the network tells the " + key);
      }
    }
    Optional<NetworkName> name =
        network.text(NetworkName.FORM, "the name of a network").map(NetworkName::new);
    return name.isPresent() && mac.isPresent()
        ? Optional.of(NicSpec.in(name.get(), mac.get()))
        : Optional.empty();
  }

  private static Optional<NicSpec> onBridge(Section nic, Optional<String> mac) {
    Optional<String> bridge =
        nic.require("bridge", "the host's bridge that it joins; or name a 'network'")
            .flatMap(
                field ->
                    field.text(
                        NetworkSpec.LINK,
                        "the name of a bridge: letters, digits, '-', '_' and '.', at most 15"));
    boolean openVswitch = nic.get("openVswitch").flatMap(Field::bool).orElse(false);
    Optional<Integer> vlan = nic.get("vlan").flatMap(NetworkReader::vlan);
    if (vlan.isPresent() && !openVswitch) {
      nic.get("vlan").get().fault("only Open vSwitch has VLANs", "write 'openVswitch: true'");
    }
    if (bridge.isEmpty() || mac.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new NicSpec(bridge.get(), mac.get(), openVswitch, Optional.empty(), vlan));
  }

  private Optional<String> written(Field field) {
    Optional<String> mac = MacAddress.read(field);
    mac.ifPresent(address -> note(field, address, false));
    return mac;
  }

  private Optional<String> derived(Field item, int index) {
    Optional<String> mac = vm.map(name -> Identity.mac(cluster, name, index));
    mac.ifPresent(address -> note(item, address, true));
    return mac;
  }

  private void note(Field field, String mac, boolean derived) {
    field.reading().at().putIfAbsent(LocatedVm.macKey(mac), field.at());
    duplicates.mac(mac, field.at(), derived);
  }
}

package dev.ballast.agent.inventory;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.core.model.DeviceMatch;
import dev.ballast.core.model.DeviceMatch.At;
import dev.ballast.core.model.DeviceMatch.FunctionsOf;
import dev.ballast.core.model.DeviceMatch.OfKind;
import dev.ballast.core.model.HostDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;

/**
 * Finds the PCI devices that agent.yaml gives to guests, from /sys/bus/pci/devices. A device that
 * several pools name belongs to the first by name; a bridge belongs to none. A virtual function of
 * a network card is known by its link {@code physfn} and a class of networks.
 */
final class DeviceReader {
  private static final String BASE = "/sys/bus/pci/devices";
  private static final String NETWORK_CLASS = "0x02";
  private static final String BRIDGE_CLASS = "0x06";
  private static final int NODE_LIMIT = 1024;

  private final KernelFiles files;
  private final SortedMap<String, List<DeviceMatch>> pools;

  DeviceReader(KernelFiles files, SortedMap<String, List<DeviceMatch>> pools) {
    this.files = files;
    this.pools = pools;
  }

  /** By address. */
  List<HostDevice> read() {
    List<HostDevice> found = new ArrayList<>();
    if (pools.isEmpty()) {
      return found;
    }
    for (String address : files.list(BASE).stream().sorted().toList()) {
      if (found.size() < HostDevice.LIMIT && HostDevice.ADDRESS.matcher(address).matches()) {
        device(address).ifPresent(found::add);
      }
    }
    return found;
  }

  private Optional<HostDevice> device(String address) {
    String directory = BASE + "/" + address;
    String kind = text(directory + "/class");
    String id = hex(directory + "/vendor") + ":" + hex(directory + "/device");
    Optional<String> parent = files.linkName(directory + "/physfn");
    String nic = parent.map(card -> interfaceOf(BASE + "/" + card)).orElse("");
    Optional<String> pool = pool(address, id, nic);
    if (pool.isEmpty() || kind.startsWith(BRIDGE_CLASS)) {
      return Optional.empty();
    }
    boolean function = parent.isPresent() && kind.startsWith(NETWORK_CLASS);
    OptionalLong node = files.readLong(directory + "/numa_node");
    boolean known = node.isPresent() && node.getAsLong() >= 0 && node.getAsLong() < NODE_LIMIT;
    int at = known ? (int) node.getAsLong() : HostDevice.NO_NODE;
    return Optional.of(new HostDevice(pool.get(), address, id, at, function, nic));
  }

  private Optional<String> pool(String address, String id, String nic) {
    for (Map.Entry<String, List<DeviceMatch>> pool : pools.entrySet()) {
      for (DeviceMatch match : pool.getValue()) {
        boolean belongs =
            switch (match) {
              case FunctionsOf(String parent) -> parent.equals(nic);
              case OfKind(String wanted) -> wanted.equals(id);
              case At(String wanted) -> wanted.equals(address);
            };
        if (belongs) {
          return Optional.of(pool.getKey());
        }
      }
    }
    return Optional.empty();
  }

  /** The first by name; empty where the card has no driver that makes one. */
  private String interfaceOf(String card) {
    return files.list(card + "/net").stream().sorted().findFirst().orElse("");
  }

  private String hex(String path) {
    String text = text(path);
    return text.startsWith("0x") ? text.substring(2) : "0000";
  }

  private String text(String path) {
    return files.read(path, 64).map(String::strip).orElse("");
  }
}

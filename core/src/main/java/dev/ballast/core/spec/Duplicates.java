package dev.ballast.core.spec;

import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.VmName;
import java.util.HashMap;
import java.util.Map;

/** Finds names and MAC addresses that are written twice, over all files. */
final class Duplicates {
  private final Faults faults;
  private final Map<VmName, Location> names = new HashMap<>();
  private final Map<NetworkName, Location> networks = new HashMap<>();
  private final Map<String, Location> images = new HashMap<>();
  private final Map<String, Location> libvirtNetworks = new HashMap<>();
  private final Map<String, Location> macs = new HashMap<>();

  Duplicates(Faults faults) {
    this.faults = faults;
  }

  void name(VmName name, Location at) {
    Location first = names.putIfAbsent(name, at);
    if (first != null) {
      faults.add(at, "two VMs are named '" + name + "'", "the other at " + first);
    }
  }

  void network(NetworkName name, Location at) {
    Location first = networks.putIfAbsent(name, at);
    if (first != null) {
      faults.add(at, "two networks are named '" + name + "'", "the other at " + first);
    }
  }

  void libvirtNetwork(String name, Location at) {
    Location first = libvirtNetworks.putIfAbsent(name, at);
    if (first != null) {
      faults.add(at, "two networks of libvirt are named '" + name + "'", "the other at " + first);
    }
  }

  void image(String name, Location at) {
    Location first = images.putIfAbsent(name, at);
    if (first != null) {
      faults.add(at, "two images are named '" + name + "'", "the other at " + first);
    }
  }

  /** Notes the address of a NIC; {@code derived} when it was not written but made from names. */
  void mac(String mac, Location at, boolean derived) {
    Location first = macs.putIfAbsent(mac, at);
    if (first == null) {
      return;
    }
    if (derived) {
      faults.add(
          at,
          "the MAC address derived for this NIC, " + mac + ", is taken",
          "by the NIC at " + first + ": write another 'mac' at one of them");
    } else {
      faults.add(at, "two NICs have the MAC address " + mac, "the other at " + first);
    }
  }
}

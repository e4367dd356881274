package dev.ballast.core.render;

import dev.ballast.core.model.AssignedDevice;
import dev.ballast.core.model.DiskLimits;
import dev.ballast.core.model.DiskSpec;
import dev.ballast.core.model.Identity;
import dev.ballast.core.model.NetworkDisk;
import dev.ballast.core.model.NicLimits;
import dev.ballast.core.model.NicSpec;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Renders the devices of a domain. */
final class DeviceXml {
  private static final String LOG_DIRECTORY = "/var/log/libvirt/qemu/";

  /** MAC addresses of virtual functions are counted from here, above those of other cards. */
  private static final int FIRST_DEVICE_NIC = 1_000;

  private static final String BALLOON_PERIOD_SECONDS = "10";

  private DeviceXml() {}

  /**
   * Writes the devices.
   *
   * @param limits those of disks and NICs
   */
  static void write(XmlText xml, VmSpec spec, String cluster, VmLimits limits, HostLayout layout) {
    xml.open("devices");
    spec.emulatorPath().ifPresent(path -> xml.leaf("emulator", path));
    List<DiskSpec> disks = spec.disks();
    List<String> targets = VmLimits.diskNames(disks.size());
    for (int i = 0; i < disks.size(); i++) {
      int iothreads = spec.tuning().iothreads();
      disk(xml, disks.get(i), targets.get(i), limits, iothreads == 0 ? 0 : 1 + i % iothreads);
    }
    xml.empty("controller", "type", "usb", "model", "none");
    for (int i = 0; i < spec.nics().size(); i++) {
      String port = Identity.portUuid(cluster, spec.name(), i).toString();
      NicLimits rates = limits.nics().getOrDefault(i, NicLimits.NONE);
      nic(xml, spec.nics().get(i), port, rates);
    }
    for (int i = 0; i < layout.devices().size(); i++) {
      String mac = Identity.mac(cluster, spec.name(), FIRST_DEVICE_NIC + i);
      hostDevice(xml, layout.devices().get(i), mac);
    }
    serial(xml, spec);
    if (spec.tuning().guestAgent()) {
      xml.open("channel", "type", "unix")
          .empty("target", "type", "virtio", "name", "org.qemu.guest_agent.0")
          .close();
    }
    xml.open("memballoon", "model", "virtio")
        .empty("stats", "period", BALLOON_PERIOD_SECONDS)
        .close();
    xml.open("rng", "model", "virtio").leaf("backend", "/dev/urandom", "model", "random").close();
    xml.close();
  }

  private static void disk(
      XmlText xml, DiskSpec disk, String target, VmLimits limits, int iothread) {
    Optional<NetworkDisk> network = NetworkDisk.of(disk.path());
    // QEMU's driver for files refuses block devices.
    boolean block = disk.path().startsWith("/dev/");
    String type = network.isPresent() ? "network" : block ? "block" : "file";
    xml.open("disk", "type", type, "device", "disk");
    List<String> driver =
        new ArrayList<>(List.of("name", "qemu", "type", disk.format(), "cache", disk.cache()));
    if (iothread > 0) {
      driver.addAll(List.of("iothread", Integer.toString(iothread)));
    }
    xml.empty("driver", driver.toArray(String[]::new));
    if (network.isPresent()) {
      source(xml, network.get());
    } else {
      xml.empty("source", block ? "dev" : "file", disk.path());
    }
    xml.empty("target", "dev", target, "bus", "virtio");
    LimitXml.disk(xml, limits.disks().getOrDefault(target, DiskLimits.NONE));
    if (disk.readOnly()) {
      xml.empty("readonly");
    }
    xml.close();
  }

  private static void source(XmlText xml, NetworkDisk disk) {
    xml.open("source", "protocol", disk.protocol(), "name", disk.name());
    for (NetworkDisk.Host host : disk.hosts()) {
      if (host.port().isPresent()) {
        xml.empty("host", "name", host.name(), "port", host.port().get());
      } else {
        xml.empty("host", "name", host.name());
      }
    }
    if (disk.login().isPresent()) {
      String type = disk.protocol().equals("rbd") ? "ceph" : "iscsi";
      xml.open("auth", "username", disk.login().get().user())
          .empty("secret", "type", type, "uuid", disk.login().get().secret())
          .close();
    }
    xml.close();
  }

  private static void nic(XmlText xml, NicSpec nic, String portUuid, NicLimits rates) {
    xml.open("interface", "type", "bridge");
    xml.empty("mac", "address", nic.mac());
    xml.empty("source", "bridge", nic.bridge());
    nic.vlan().ifPresent(id -> xml.open("vlan").empty("tag", "id", Integer.toString(id)).close());
    if (nic.openVswitch()) {
      // Without an id libvirt makes one up, another for each definition.
      xml.open("virtualport", "type", "openvswitch")
          .empty("parameters", "interfaceid", portUuid)
          .close();
    }
    LimitXml.nic(xml, rates);
    xml.empty("model", "type", "virtio").close();
  }

  private static void hostDevice(XmlText xml, AssignedDevice device, String mac) {
    // domain:bus:slot.function
    String[] parts = device.address().split("[:.]", 4);
    if (device.virtualFunction()) {
      xml.open("interface", "type", "hostdev", "managed", "yes").empty("mac", "address", mac);
    } else {
      xml.open("hostdev", "mode", "subsystem", "type", "pci", "managed", "yes");
    }
    xml.open("source");
    String[] address = {
      "domain",
      "0x" + parts[0],
      "bus",
      "0x" + parts[1],
      "slot",
      "0x" + parts[2],
      "function",
      "0x" + parts[3]
    };
    if (device.virtualFunction()) {
      xml.empty("address", withType(address));
    } else {
      xml.empty("address", address);
    }
    xml.close().close();
  }

  private static String[] withType(String[] address) {
    return Stream.concat(Stream.of("type", "pci"), Stream.of(address)).toArray(String[]::new);
  }

  private static void serial(XmlText xml, VmSpec spec) {
    String log = LOG_DIRECTORY + spec.name() + "-serial.log";
    xml.open("serial", "type", "pty")
        .empty("log", "file", log, "append", "on")
        .empty("target", "port", "0")
        .close();
    xml.open("console", "type", "pty").empty("target", "type", "serial", "port", "0").close();
  }
}

package dev.ballast.agent.host.libvirt;

import dev.ballast.core.model.DiskSetup;
import dev.ballast.core.model.DomainSetup;
import dev.ballast.core.model.NicSetup;
import dev.ballast.core.model.OtherOwner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/** Takes from a domain's XML what rules of good practice need, as the XML is read. */
final class SetupReading {
  private static final String DEVICES = "/domain/devices/";
  private static final String NOVA_NAMESPACE = "http://openstack.org/xmlns/libvirt/nova/";
  private static final List<String> OVIRT_NAMESPACES =
      List.of("http://ovirt.org/vm/", "http://ovirt.org/param/vm/");
  private static final String NOTHING = "0";

  private final List<DiskSetup> disks = new ArrayList<>();
  private final List<NicSetup> nics = new ArrayList<>();
  private final TreeSet<String> needless = new TreeSet<>();
  private final TreeSet<String> limits = new TreeSet<>();
  private String type = "";
  private String cpuMode = "";
  private boolean virtioScsi;
  private boolean usbController;
  private boolean usbDevice;
  private @Nullable OtherOwner owner;

  // Of the disk or card that is being read.
  private String source = "";
  private String device = "";
  private String bus = "";
  private String target = "";
  private String cache = "";
  private boolean readOnly;
  private String mac = "";
  private String model = "";

  /** An element begins. */
  void start(String path, XMLStreamReader reader) {
    if (path.startsWith(DEVICES)) {
      device(path.substring(DEVICES.length()), reader);
      return;
    }
    switch (path) {
      case "/domain" -> type = value(reader, "type");
      case "/domain/cpu" -> cpuMode = value(reader, "mode");
      case "/domain/cputune/shares" -> limits.add("cpu");
      case "/domain/blkiotune" -> limits.add("disk");
      default -> metadata(path, reader.getNamespaceURI());
    }
  }

  private void metadata(String path, @Nullable String namespace) {
    if (!path.startsWith("/domain/metadata/") || namespace == null) {
      return;
    }
    if (namespace.startsWith(NOVA_NAMESPACE)) {
      owner = OtherOwner.NOVA;
    } else if (OVIRT_NAMESPACES.stream().anyMatch(namespace::startsWith)) {
      owner = OtherOwner.VDSM;
    }
  }

  private void device(String path, XMLStreamReader reader) {
    switch (path) {
      case "disk" -> {
        source = value(reader, "type");
        device = value(reader, "device");
        bus = "";
        target = "";
        cache = "";
        readOnly = false;
      }
      case "disk/driver" -> cache = value(reader, "cache");
      case "disk/target" -> {
        target = value(reader, "dev");
        bus = value(reader, "bus");
      }
      case "disk/readonly" -> readOnly = true;
      case "disk/iotune" -> limits.add("disk");
      case "interface" -> {
        source = value(reader, "type");
        mac = "";
        model = "";
      }
      case "interface/mac" -> mac = value(reader, "address");
      case "interface/model" -> model = value(reader, "type");
      case "interface/bandwidth" -> limits.add("network");
      default -> other(path, reader);
    }
  }

  private void other(String path, XMLStreamReader reader) {
    switch (path) {
      case "controller" -> controller(value(reader, "type"), value(reader, "model"));
      case "graphics" -> needless.add(named("graphics", value(reader, "type")));
      case "sound" -> needless.add(named("sound", value(reader, "model")));
      case "video/model" -> {
        if (!value(reader, "type").equals("none")) {
          needless.add(named("video", value(reader, "type")));
        }
      }
      case "input" -> {
        // libvirt itself adds a PS/2 mouse and keyboard, which cannot be removed.
        if (!value(reader, "bus").equals("ps2")) {
          needless.add(named("input", value(reader, "type")));
        }
      }
      case "redirdev" -> needless.add("redirected USB");
      case "smartcard" -> needless.add("smartcard");
      case "hostdev" -> usbDevice |= value(reader, "type").equals("usb");
      default -> {}
    }
  }

  private void controller(String kind, String model) {
    virtioScsi |= kind.equals("scsi") && model.startsWith("virtio");
    usbController |= kind.equals("usb") && !model.equals("none");
  }

  /** An element ends, with the text within it. */
  void end(String path, String text) {
    switch (path) {
      case DEVICES + "disk" -> disk();
      case DEVICES + "interface" -> nic();
      case "/domain/memtune/hard_limit", "/domain/memtune/soft_limit" -> limits.add("memory");
      case "/domain/cputune/quota", "/domain/cputune/global_quota" -> {
        if (!text.strip().startsWith("-") && !text.strip().equals(NOTHING)) {
          limits.add("cpu");
        }
      }
      default -> {}
    }
  }

  private void disk() {
    if (device.equals("floppy")) {
      needless.add("floppy");
    } else if (disks.size() < DomainSetup.DEVICE_LIMIT) {
      String kind = device.isEmpty() ? "disk" : device;
      disks.add(new DiskSetup(target, kind, bus, cache, source, readOnly));
    }
  }

  private void nic() {
    // A function of a real card has no model.
    if (!source.equals("hostdev") && nics.size() < DomainSetup.DEVICE_LIMIT) {
      nics.add(new NicSetup(mac, model));
    }
  }

  DomainSetup result() {
    if (usbController && !usbDevice) {
      needless.add("USB controller");
    }
    while (needless.size() > DomainSetup.DEVICE_LIMIT) {
      needless.pollLast();
    }
    List<DiskSetup> resolved =
        disks.stream().map(disk -> disk.bus().equals("scsi") ? onScsi(disk) : disk).toList();
    return new DomainSetup(
        type, cpuMode, resolved, nics, needless, limits, Optional.ofNullable(owner));
  }

  private DiskSetup onScsi(DiskSetup disk) {
    return new DiskSetup(
        disk.target(),
        disk.device(),
        virtioScsi ? "virtio-scsi" : "scsi",
        disk.cache(),
        disk.source(),
        disk.readOnly());
  }

  private static String named(String kind, String value) {
    return value.isEmpty() ? kind : kind + " " + value;
  }

  private static String value(XMLStreamReader reader, String attribute) {
    String value = reader.getAttributeValue(null, attribute);
    return value == null ? "" : value.strip();
  }
}

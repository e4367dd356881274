package dev.ballast.core.spec;

import dev.ballast.core.model.BootSpec;
import dev.ballast.core.model.DiskSpec;
import dev.ballast.core.model.NetworkDisk;
import dev.ballast.core.model.VmName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads what a VM boots from, and its disks. */
final class DeviceReader {
  static final int DISK_LIMIT = 64;
  static final int CMDLINE_LIMIT = 2_048;
  static final List<String> FORMATS = List.of("qcow2", "raw");
  static final List<String> CACHES =
      List.of("none", "writethrough", "writeback", "directsync", "unsafe");

  private static final Pattern PATH = Pattern.compile("/.*[^/]");

  private DeviceReader() {}

  static Optional<String> path(Field field) {
    return field.text(PATH, "the absolute path of a file");
  }

  /** A path, or a disk that QEMU reaches over the network. */
  private static Optional<String> source(Field field) {
    Optional<String> text = field.text(SpecParser.TEXT_LIMIT);
    if (text.filter(NetworkDisk::isMeant).isEmpty()) {
      return path(field);
    }
    if (NetworkDisk.of(text.get()).isEmpty()) {
      field.fault(
          "'path' is no iSCSI or RBD disk: " + Quoted.of(text.get()),
          "iscsi://HOST[:PORT]/IQN/LUN or rbd://MONITOR[,MONITOR]/POOL/IMAGE, with"
              + " ?user=NAME&secret=UUID where needed");
      return Optional.empty();
    }
    return text;
  }

  static Optional<BootSpec> boot(Field field) {
    Optional<Section> boot = field.section("kernel", "initrd", "cmdline");
    if (boot.isEmpty()) {
      return Optional.empty();
    }
    String remedy = "to boot the first disk, leave 'boot' out";
    Optional<String> kernel = boot.get().require("kernel", remedy).flatMap(DeviceReader::path);
    Optional<String> initrd = boot.get().require("initrd", remedy).flatMap(DeviceReader::path);
    String cmdline = boot.get().get("cmdline").flatMap(text -> text.text(CMDLINE_LIMIT)).orElse("");
    if (kernel.isEmpty() || initrd.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new BootSpec.Kernel(kernel.get(), initrd.get(), cmdline));
  }

  /** The disks that could be read. */
  static List<DiskSpec> disks(Field field, VmName vm, String defaultCache) {
    List<DiskSpec> disks = new ArrayList<>();
    Set<String> paths = new HashSet<>();
    List<Field> items =
        field.items(DISK_LIMIT, "[{path: /srv/a.qcow2, format: qcow2}]").orElse(List.of());
    for (int i = 0; i < items.size(); i++) {
      Field item = items.get(i);
      int index = i;
      Optional<DiskSpec> disk =
          item.section(
                  "path", "image", "from", "size", "pool", "format", "cache", "readOnly", "limits")
              .flatMap(section -> disk(section, vm, index, defaultCache));
      if (disk.isPresent() && !paths.add(disk.get().path())) {
        item.fault("the VM has the disk " + Quoted.of(disk.get().path()) + " twice");
      }
      disk.ifPresent(disks::add);
    }
    return disks;
  }

  private static Optional<DiskSpec> disk(Section disk, VmName vm, int index, String defaultCache) {
    String cache = disk.get("cache").flatMap(field -> field.choice(CACHES)).orElse(defaultCache);
    boolean readOnly = disk.get("readOnly").flatMap(Field::bool).orElse(false);
    if (VolumeReader.isVolume(disk)) {
      return VolumeReader.disk(disk, vm, index, cache, readOnly);
    }
    for (String key : List.of("from", "pool")) {
      disk.get(key)
          .ifPresent(
              field ->
                  field.fault(
                      "'" + key + "' is only for disks that Ballast makes", "write a 'size'"));
    }
    Optional<String> path =
        disk.require("path", "the absolute path of its file, or an 'image' and a 'size'")
            .flatMap(DeviceReader::source);
    // Guessing a format would let a guest turn its raw disk into a qcow2 that names host files.
    Optional<String> format =
        disk.require("format", "qcow2 or raw").flatMap(field -> field.choice(FORMATS));
    boolean network = path.filter(NetworkDisk::isMeant).isPresent();
    if (network && format.filter("qcow2"::equals).isPresent()) {
      disk.get("format").ifPresent(field -> field.fault("a disk over the network is raw"));
    }
    if (path.isEmpty() || format.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new DiskSpec(path.get(), format.get(), cache, readOnly));
  }
}

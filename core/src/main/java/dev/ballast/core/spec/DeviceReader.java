package dev.ballast.core.spec;

import dev.ballast.core.model.BootSpec;
import dev.ballast.core.model.DiskSpec;
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
  static List<DiskSpec> disks(Field field) {
    List<DiskSpec> disks = new ArrayList<>();
    Set<String> paths = new HashSet<>();
    List<Field> items =
        field.items(DISK_LIMIT, "[{path: /srv/a.qcow2, format: qcow2}]").orElse(List.of());
    for (Field item : items) {
      Optional<DiskSpec> disk =
          item.section("path", "format", "cache", "readOnly", "limits").flatMap(DeviceReader::disk);
      if (disk.isPresent() && !paths.add(disk.get().path())) {
        item.fault("the VM has the disk " + Quoted.of(disk.get().path()) + " twice");
      }
      disk.ifPresent(disks::add);
    }
    return disks;
  }

  private static Optional<DiskSpec> disk(Section disk) {
    Optional<String> path =
        disk.require("path", "the absolute path of its file").flatMap(DeviceReader::path);
    // Guessing a format would let a guest turn its raw disk into a qcow2 that names host files.
    Optional<String> format =
        disk.require("format", "qcow2 or raw").flatMap(field -> field.choice(FORMATS));
    String cache = disk.get("cache").flatMap(field -> field.choice(CACHES)).orElse("none");
    boolean readOnly = disk.get("readOnly").flatMap(Field::bool).orElse(false);
    if (path.isEmpty() || format.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new DiskSpec(path.get(), format.get(), cache, readOnly));
  }
}

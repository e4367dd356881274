package dev.ballast.core.spec;

import dev.ballast.core.model.DiskSpec;
import dev.ballast.core.model.ImageFile;
import dev.ballast.core.model.LimitText;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VolumeSource;
import dev.ballast.core.model.VolumeSource.Kind;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads a disk that Ballast is to make. */
final class VolumeReader {
  private static final Pattern POOL = Pattern.compile("(/[A-Za-z0-9._-]+)+");

  private VolumeReader() {}

  /** Whether the disk is one that Ballast makes: it tells a size, or an image. */
  static boolean isVolume(Section disk) {
    return disk.get("size").isPresent() || disk.get("image").isPresent();
  }

  /**
   * The disk.
   *
   * @param index its place among the VM's disks, from which its file has its name
   */
  static Optional<DiskSpec> disk(
      Section disk, VmName vm, int index, String cache, boolean readOnly) {
    disk.get("path")
        .ifPresent(
            path ->
                path.fault(
                    "a disk that Ballast makes has its name from the VM",
                    "leave 'path' out, or 'image' and 'size'"));
    Optional<String> image =
        disk.get("image").flatMap(field -> field.text(ImageFile.NAME, "the name of an image"));
    Optional<Long> size = disk.require("size", "such as 'size: 20GiB'").flatMap(VolumeReader::size);
    Kind absent = image.isPresent() ? Kind.OVERLAY : Kind.BLANK;
    Kind kind = disk.get("from").flatMap(field -> field.choice(Kind.class)).orElse(absent);
    if (disk.get("from").isPresent() && image.isPresent() == (kind == Kind.BLANK)) {
      disk.get("from")
          .get()
          .fault(
              kind == Kind.BLANK ? "a blank disk has no 'image'" : "an image is missing",
              "overlay and clone are made from an 'image', blank is not");
      return Optional.empty();
    }
    String format =
        disk.get("format").flatMap(field -> field.choice(DeviceReader.FORMATS)).orElse("qcow2");
    if (kind == Kind.OVERLAY && format.equals("raw")) {
      disk.get("format")
          .ifPresent(field -> field.fault("an overlay is qcow2", "or write 'from: clone'"));
    }
    String pool =
        disk.get("pool")
            .flatMap(field -> field.text(POOL, "the absolute path of a directory"))
            .orElse(DiskSpec.DEFAULT_POOL);
    if (size.isEmpty() || disk.get("image").isPresent() != image.isPresent()) {
      return Optional.empty();
    }
    String target = VmLimits.diskNames(index + 1).get(index);
    return Optional.of(
        new DiskSpec(
            pool + "/" + vm + "-" + target + "." + format,
            format,
            cache,
            readOnly,
            Optional.of(new VolumeSource(image, kind, size.get()))));
  }

  private static Optional<Long> size(Field field) {
    Optional<String> text = field.text(SpecParser.TEXT_LIMIT);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      long bytes = LimitText.bytes(text.get());
      // Its own bounds are those of every volume.
      return Optional.of(new VolumeSource(Optional.empty(), Kind.BLANK, bytes).sizeBytes());
    } catch (IllegalArgumentException e) {
      field.fault(
          "'size' is a size in whole MiB, 1MiB to 64TiB, not " + Quoted.of(text.get()),
          "such as 20GiB");
      return Optional.empty();
    }
  }
}

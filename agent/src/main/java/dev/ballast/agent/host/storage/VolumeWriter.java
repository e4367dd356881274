package dev.ballast.agent.host.storage;

import dev.ballast.agent.host.machine.Commands;
import dev.ballast.core.model.VolumeFile;
import dev.ballast.core.model.VolumeFile.Content;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Makes volumes with {@code qemu-img}; each appears whole, under its name, or not at all. */
final class VolumeWriter {
  private static final String PRIVATE = "rw-------";

  private final ImageStore images;
  private final Commands programs;
  private final Consumer<String> steps;

  /**
   * @param programs may take as long as a copy of an image does
   * @param steps told before each step
   */
  VolumeWriter(ImageStore images, Commands programs, Consumer<String> steps) {
    this.images = images;
    this.programs = programs;
    this.steps = steps;
  }

  /** Makes it, or brings it back from the trash. */
  void bring(VolumeFile volume, Content content) throws IOException, InterruptedException {
    Shelf shelf = new Shelf(Path.of(volume.path()));
    String id = Long.toString(content.generation());
    if (shelf.trashed(id).entries().isPresent()) {
      steps.accept("restore volume");
      shelf.restore(id);
      return;
    }
    Path part = shelf.data().resolveSibling("." + shelf.data().getFileName() + ".part");
    Sidecar.makeDirectories(Sidecar.directory(part));
    Files.deleteIfExists(part);
    steps.accept("make volume");
    try {
      make(part, content);
      Files.setPosixFilePermissions(part, PosixFilePermissions.fromString(PRIVATE));
      Sidecar.sync(part);
      steps.accept("put volume");
      shelf.put(part, VolumeStore.entries(content));
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** Never the other way round: {@code qemu-img} refuses to shrink unless it is told so. */
  void grow(VolumeFile volume, Content content) throws IOException, InterruptedException {
    qemu(
        "resize",
        "-q",
        "-f",
        content.format(),
        volume.path(),
        Long.toString(content.source().sizeBytes()));
    Sidecar.sync(Path.of(volume.path()));
  }

  private void make(Path part, Content content) throws IOException, InterruptedException {
    String size = Long.toString(content.source().sizeBytes());
    switch (content.source().kind()) {
      case BLANK -> qemu("create", "-q", "-f", content.format(), part.toString(), size);
      case OVERLAY -> {
        Shelf base = image(content);
        String format = baseFormat(base);
        refuseSmaller(base, format, content);
        qemu(
            "create",
            "-q",
            "-f",
            "qcow2",
            "-F",
            format,
            "-b",
            base.data().toString(),
            part.toString(),
            size);
      }
      case CLONE -> {
        Shelf base = image(content);
        String format = baseFormat(base);
        refuseSmaller(base, format, content);
        qemu(
            "convert",
            "-q",
            "-f",
            format,
            "-O",
            content.format(),
            base.data().toString(),
            part.toString());
        qemu("resize", "-q", "-f", content.format(), part.toString(), size);
      }
    }
  }

  private Shelf image(Content content) throws IOException {
    String name = content.source().image().orElseThrow();
    var image = images.read(name);
    if (!image.isIntact()) {
      throw new IOException(image.describe() + ": no volume is made from it");
    }
    return images.shelf(name, image.content().orElseThrow().format());
  }

  private static String baseFormat(Shelf base) {
    return base.data().toString().endsWith("." + Formats.QCOW2) ? Formats.QCOW2 : Formats.RAW;
  }

  private static void refuseSmaller(Shelf base, String format, Content content) throws IOException {
    long least = VolumeStore.sizeBytes(base.data(), format);
    if (content.source().sizeBytes() < least) {
      throw new IOException(
          "the image has "
              + least
              + " bytes, a volume from it cannot have "
              + content.source().sizeBytes()
              + ": write a larger size");
    }
  }

  private void qemu(String... arguments) throws IOException, InterruptedException {
    programs.run(Stream.concat(Stream.of("qemu-img"), Arrays.stream(arguments)).toList());
  }
}

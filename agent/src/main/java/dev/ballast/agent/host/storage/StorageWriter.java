package dev.ballast.agent.host.storage;

import dev.ballast.agent.host.machine.Commands;
import dev.ballast.core.model.ImageFile;
import dev.ballast.core.model.ImageFile.Content;
import dev.ballast.core.model.StoredFile;
import dev.ballast.core.model.VolumeFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to make and discard the files that Ballast keeps on the host. Whoever does not hold one
 * cannot: dry-run code is never handed one.
 */
public class StorageWriter {
  /** So many images are fetched at once. */
  public static final int FETCH_LIMIT = 2;

  private static final Logger log = LoggerFactory.getLogger(StorageWriter.class);
  private static final String READ_ONLY = "r--r--r--";

  private final StoreSettings settings;
  private final ImageStore images;
  private final Commands copying;
  private final Commands commands;
  private final LongSupplier epochMillis;
  private final Semaphore fetches = new Semaphore(FETCH_LIMIT);

  /**
   * @param commands for what takes a moment
   * @param copying for what may take as long as a copy of an image
   */
  public StorageWriter(
      StoreSettings settings, Commands commands, Commands copying, LongSupplier epochMillis) {
    this.settings = settings;
    this.images = new ImageStore(settings.images());
    this.commands = commands;
    this.epochMillis = epochMillis;
    this.copying = copying;
  }

  /** Called before each step that a process's death can come between. */
  protected void step(String what) {
    log.debug("{}", what);
  }

  /**
   * Makes the file what it is to be: present from its source or from the trash, or absent in the
   * trash.
   *
   * @throws IOException telling what went wrong; then the file is as it was
   */
  public void write(StoredFile target, Watch watch) throws IOException, InterruptedException {
    switch (target) {
      case ImageFile image when image.content().isPresent() ->
          bring(image.name(), image.content().get(), watch);
      case ImageFile image -> discard(image);
      case VolumeFile volume when volume.content().isPresent() ->
          new VolumeWriter(images, copying, this::step).bring(volume, volume.content().get());
      case VolumeFile volume -> discard(volume);
    }
  }

  /** Takes back that the file was made: it is deleted, unless it had come from the trash. */
  public void unmake(StoredFile made) throws IOException, InterruptedException {
    switch (made) {
      case ImageFile image when image.content().isPresent() -> {
        Shelf shelf = images.shelf(image.name(), image.content().get().format());
        if (shelf.isRestored()) {
          discard(image);
        } else {
          mutable(shelf.data());
          step("delete image");
          shelf.delete();
        }
      }
      case VolumeFile volume when volume.isPresent() -> {
        Shelf shelf = new Shelf(Path.of(volume.path()));
        if (shelf.isRestored()) {
          discard(volume);
        } else {
          step("delete volume");
          shelf.delete();
        }
      }
      case StoredFile absent -> throw new IOException(absent.key() + " was not made");
    }
  }

  /** Makes the volume as large as it is to be; its file must be in nobody's use. */
  public void grow(VolumeFile volume) throws IOException, InterruptedException {
    step("grow volume");
    new VolumeWriter(images, copying, this::step).grow(volume, volume.content().orElseThrow());
  }

  /** Deletes a file of the trash for good. */
  public void purge(String file) throws IOException, InterruptedException {
    step("purge file");
    mutable(Path.of(file));
    new Shelf(Path.of(file)).delete();
  }

  private void bring(String name, Content content, Watch watch)
      throws IOException, InterruptedException {
    Shelf shelf = images.shelf(name, content.format());
    String id = ImageStore.id(content);
    if (shelf.trashed(id).entries().isPresent()) {
      step("restore image");
      shelf.restore(id);
    } else {
      fetches.acquire();
      try {
        fetch(shelf, name, content, watch);
      } finally {
        fetches.release();
      }
    }
    protect(shelf);
  }

  private void fetch(Shelf shelf, String name, Content content, Watch watch) throws IOException {
    Sidecar.makeDirectories(images.directory());
    Path part = part(name, ImageStore.id(content));
    dropOtherParts(name, part);
    step("fetch image");
    int colon = content.digest().indexOf(':');
    String algorithm = content.digest().substring(0, colon);
    String found =
        new Download(content.source(), part, settings.imageLimitBytes(), watch).fetch(algorithm);
    if (!found.equals(content.digest().substring(colon + 1))) {
      Files.delete(part);
      throw new IOException(
          content.source()
              + " has the digest "
              + algorithm
              + ":"
              + found
              + ", not "
              + content.digest()
              + ": it is not the image that was meant; nothing is kept");
    }
    Files.setPosixFilePermissions(part, PosixFilePermissions.fromString(READ_ONLY));
    step("put image");
    shelf.put(part, entries(name, content, part));
  }

  private static SortedMap<String, String> entries(String name, Content content, Path file)
      throws IOException {
    SortedMap<String, String> entries = new TreeMap<>();
    entries.put(ImageStore.NAME, name);
    entries.put(ImageStore.FORMAT, content.format());
    entries.put(ImageStore.DIGEST, content.digest());
    entries.put(ImageStore.SOURCE, content.source());
    entries.put(ImageStore.SIZE, Long.toString(Files.size(file)));
    entries.put(ImageStore.MODIFIED, ImageStore.modified(file));
    entries.put(Shelf.ID, ImageStore.id(content));
    return entries;
  }

  private Path part(String name, String id) {
    return images.directory().resolve("." + name + "." + id + ".part");
  }

  /** What former attempts at another file of that name have left. */
  private void dropOtherParts(String name, Path mine) throws IOException {
    try (DirectoryStream<Path> parts =
        Files.newDirectoryStream(images.directory(), "." + name + ".*.part")) {
      for (Path part : parts) {
        if (!part.equals(mine)) {
          Files.deleteIfExists(part);
        }
      }
    }
  }

  /** Not every file system knows immutable files; then the image is read-only all the same. */
  private void protect(Shelf shelf) throws InterruptedException {
    step("protect image");
    try {
      commands.run(List.of("chattr", "+i", shelf.data().toString()));
    } catch (IOException e) {
      log.warn("{} is read-only, but not immutable: {}", shelf.data(), e.getMessage());
    }
  }

  private void mutable(Path data) throws InterruptedException {
    try {
      commands.run(List.of("chattr", "-i", data.toString()));
    } catch (IOException e) {
      log.debug("{}: {}", data, e.getMessage());
    }
  }

  private void discard(VolumeFile volume) throws IOException {
    step("discard volume");
    new Shelf(Path.of(volume.path())).discard(epochMillis.getAsLong());
  }

  private void discard(ImageFile image) throws IOException, InterruptedException {
    Shelf shelf =
        images.shelf(
            image.name(),
            images
                .read(image.name())
                .content()
                .orElseThrow(() -> new IOException("there is no " + image.key()))
                .format());
    mutable(shelf.data());
    step("discard image");
    shelf.discard(epochMillis.getAsLong());
  }
}

package dev.ballast.agent.host.storage;

import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.ImageFile;
import dev.ballast.core.model.StoredFile;
import dev.ballast.core.model.Trash;
import dev.ballast.core.model.VolumeFile;
import dev.ballast.core.model.VolumeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads the files that Ballast keeps on the host. */
public final class StoredFiles {
  private final ImageStore images;
  private final VolumeStore volumes;
  private final DiscardedFiles discarded;
  private final VolumeRoom room;

  public StoredFiles(StoreSettings settings) {
    this(settings, PoolSpace.real());
  }

  public StoredFiles(StoreSettings settings, PoolSpace space) {
    room = new VolumeRoom(settings, space);
    images = new ImageStore(settings.images());
    volumes = new VolumeStore(settings.pools());
    discarded = new DiscardedFiles(settings);
  }

  /** All of them by key. */
  public SortedMap<String, HostSetting> read() {
    SortedMap<String, HostSetting> files = new TreeMap<>(images.read());
    files.putAll(volumes.read());
    files.put(Trash.KEY, discarded.told());
    return files;
  }

  /** The file of that key as it is; absent for a key of another kind of thing. */
  public Optional<StoredFile> read(String key) {
    try {
      if (key.startsWith(VolumeFile.KEY_PREFIX)) {
        return Optional.of(volumes.read(key.substring(VolumeFile.KEY_PREFIX.length())));
      }
      return key.startsWith(ImageFile.KEY_PREFIX)
          ? Optional.of(images.read(key.substring(ImageFile.KEY_PREFIX.length())))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Why the file may not become so from what it is, with the remedy. */
  public Optional<String> illegal(StoredFile target, StoredFile now) {
    return switch (target) {
      case ImageFile image -> illegal(image, (ImageFile) now);
      case VolumeFile volume -> illegal(volume, (VolumeFile) now);
    };
  }

  private Optional<String> illegal(ImageFile target, ImageFile now) {
    if (!target.isPresent()) {
      return overlay(target.name());
    }
    if (now.isPresent()) {
      return Optional.of(
          now.describe()
              + " is here: images are never replaced; give the new one a name of its own, or remove"
              + " this one first");
    }
    if (!target.isIntact()) {
      return Optional.of("no image is fetched without the digest that it is to have");
    }
    List<String> inTheWay =
        Formats.ALL.stream()
            .map(format -> images.shelf(target.name(), format).data())
            .filter(Files::exists)
            .map(path -> path + " is in the way and none of Ballast's; move it elsewhere")
            .toList();
    return inTheWay.stream().findFirst();
  }

  /** Why the image is needed, also by what lies in the trash. */
  private Optional<String> overlay(String image) {
    return Stream.concat(volumes.read().values().stream(), volumes.trashed().values().stream())
        .filter(volume -> volume.isOverlayOf(image))
        .map(
            volume ->
                volume.path()
                    + " holds only what differs from "
                    + image
                    + ": remove its VM and purge the trash first")
        .findFirst();
  }

  /** Why the volume may not become that large from what it is, with the remedy. */
  public Optional<String> illegalGrowth(VolumeFile target, VolumeFile now) {
    if (!volumes.isInPool(target.path()) || now.content().isEmpty()) {
      return Optional.of(now.describe() + ", which is no volume of Ballast's in its pools");
    }
    VolumeFile.Content found = now.content().get();
    long bytes = target.content().orElseThrow().source().sizeBytes();
    if (!Optional.of(found.ofSize(bytes)).equals(target.content())) {
      return Optional.of(now.describe() + " is another volume than " + target.describe());
    }
    return bytes > found.source().sizeBytes()
        ? room.lack(Path.of(target.path()), 0)
        : Optional.of(now.describe() + " would shrink, which loses what lies behind");
  }

  /** What making the volume writes at once: a clone has all that its image has. */
  private long copied(VolumeFile.Content content) {
    if (content.source().kind() != VolumeSource.Kind.CLONE) {
      return 0;
    }
    try {
      String name = content.source().image().orElseThrow();
      String format = images.read(name).content().map(ImageFile.Content::format).orElse("");
      return Files.size(images.shelf(name, format).data());
    } catch (IOException e) {
      // Without its image it is not made, with its own reason.
      return 0;
    }
  }

  private Optional<String> illegal(VolumeFile target, VolumeFile now) {
    if (!volumes.isInPool(target.path())) {
      return Optional.of(
          target.path()
              + " lies in none of the pools "
              + volumes.pools()
              + ": name its directory in 'storage.pools' of agent.yaml");
    }
    if (!target.isPresent()) {
      return Optional.empty();
    }
    if (now.isPresent()) {
      return Optional.of(now.describe() + " is here: nothing is made in its place");
    }
    if (Files.exists(Path.of(target.path()))) {
      return Optional.of(
          target.path() + " is in the way and none of Ballast's volumes; move it elsewhere");
    }
    VolumeFile.Content content = target.content().orElseThrow();
    Shelf shelf = new Shelf(Path.of(target.path()));
    // What comes back from the trash takes no more than it does there.
    return shelf.trashed(Long.toString(content.generation())).entries().isPresent()
        ? Optional.empty()
        : room.lack(shelf.data(), copied(content));
  }
}

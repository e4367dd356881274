package dev.ballast.agent.host.storage;

import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VolumeFile;
import dev.ballast.core.model.VolumeFile.Content;
import dev.ballast.core.model.VolumeSource;
import dev.ballast.core.model.VolumeSource.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The volumes of the host. */
final class VolumeStore {
  /** At most so many volumes are told of. */
  static final int LIMIT = 4_000;

  static final String FORMAT = "format";
  static final String KIND = "kind";
  static final String IMAGE = "image";
  static final String OWNER = "owner";

  /** Where a qcow2 header holds its magic and the size that the guest sees. */
  private static final int HEADER_BYTES = 32;

  private static final int MAGIC = 0x514649fb;
  private static final int SIZE_AT = 24;

  private final List<Path> pools;

  VolumeStore(List<Path> pools) {
    this.pools = List.copyOf(pools);
  }

  /** All volumes by key. */
  SortedMap<String, VolumeFile> read() {
    return in("");
  }

  /** Those in the trash, by key of where they lie now. */
  SortedMap<String, VolumeFile> trashed() {
    return in(Shelf.TRASH);
  }

  private SortedMap<String, VolumeFile> in(String folder) {
    SortedMap<String, VolumeFile> volumes = new TreeMap<>();
    for (Path pool : pools) {
      Path directory = pool.resolve(folder);
      try (DirectoryStream<Path> entries =
          Files.newDirectoryStream(directory, ".*" + Sidecar.SUFFIX)) {
        for (Path entry : entries) {
          Sidecar.dataName(String.valueOf(entry.getFileName()))
              .flatMap(name -> volume(new Shelf(directory.resolve(name))))
              .filter(volume -> volumes.size() < LIMIT)
              .ifPresent(volume -> volumes.put(volume.key(), volume));
        }
      } catch (IOException | DirectoryIteratorException e) {
        // A pool that is not there yet holds no volumes.
      }
    }
    return volumes;
  }

  /** The volume at that path; absent content where there is none. */
  VolumeFile read(String path) {
    return volume(new Shelf(Path.of(path))).orElseGet(() -> new VolumeFile(path, Optional.empty()));
  }

  /** Whether volumes may lie there. */
  boolean isInPool(String path) {
    Path directory = Sidecar.directory(Path.of(path));
    return pools.stream().anyMatch(pool -> pool.toAbsolutePath().equals(directory));
  }

  List<Path> pools() {
    return pools;
  }

  private static Optional<VolumeFile> volume(Shelf shelf) {
    return shelf.entries().flatMap(entries -> volume(shelf.data(), entries));
  }

  private static Optional<VolumeFile> volume(Path data, Map<String, String> entries) {
    try {
      String format = entries.getOrDefault(FORMAT, "");
      VolumeSource source =
          new VolumeSource(
              Optional.ofNullable(entries.get(IMAGE)),
              Kind.valueOf(entries.getOrDefault(KIND, "")),
              sizeBytes(data, format));
      VmName owner = new VmName(entries.getOrDefault(OWNER, ""));
      long generation = Long.parseLong(entries.getOrDefault(Shelf.ID, ""));
      return Optional.of(
          new VolumeFile(data.toString(), new Content(format, source, owner, generation)));
    } catch (IOException | IllegalArgumentException e) {
      // A sidecar or a disk that somebody damaged makes no volume.
      return Optional.empty();
    }
  }

  /** What the guest sees of it. */
  static long sizeBytes(Path data, String format) throws IOException {
    if (format.equals(Formats.RAW)) {
      return Files.size(data);
    }
    try (InputStream in = Files.newInputStream(data)) {
      ByteBuffer header = ByteBuffer.wrap(in.readNBytes(HEADER_BYTES));
      if (header.limit() < HEADER_BYTES || header.getInt(0) != MAGIC) {
        throw new IOException(data + " is no qcow2");
      }
      return header.getLong(SIZE_AT);
    }
  }

  static SortedMap<String, String> entries(Content content) {
    SortedMap<String, String> entries = new TreeMap<>();
    entries.put(FORMAT, content.format());
    entries.put(KIND, content.source().kind().name());
    content.source().image().ifPresent(image -> entries.put(IMAGE, image));
    entries.put(OWNER, content.owner().value());
    entries.put(Shelf.ID, Long.toString(content.generation()));
    return entries;
  }
}

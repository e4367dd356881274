package dev.ballast.agent.host.storage;

import dev.ballast.core.model.Trash;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What was discarded and can still come back. */
public final class DiscardedFiles {
  /** At most so many files are told of. */
  public static final int LIMIT = 10_000;

  private final StoreSettings settings;

  public DiscardedFiles(StoreSettings settings) {
    this.settings = settings;
  }

  /**
   * One discarded file.
   *
   * @param sizeBytes its length; sparse files take less
   * @param discardedEpochMillis when it came here
   */
  public record Discarded(Path file, String what, long sizeBytes, long discardedEpochMillis) {}

  /** All of them, the oldest first. */
  public List<Discarded> list() {
    List<Discarded> found = new ArrayList<>();
    add(settings.images(), found);
    settings.pools().forEach(pool -> add(pool, found));
    found.sort(
        Comparator.comparingLong(Discarded::discardedEpochMillis).thenComparing(Discarded::file));
    return found;
  }

  /** What the coordinator is told: the oldest of them. */
  Trash told() {
    SortedMap<String, Trash.Discarded> files = new TreeMap<>();
    for (Discarded found : list()) {
      if (files.size() < Trash.LIMIT) {
        files.put(
            found.file().toString(),
            new Trash.Discarded(found.what(), found.sizeBytes(), found.discardedEpochMillis()));
      }
    }
    return new Trash(files);
  }

  private static void add(Path store, List<Discarded> found) {
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(store.resolve(Shelf.TRASH), ".*" + Sidecar.SUFFIX)) {
      for (Path entry : entries) {
        Sidecar.dataName(String.valueOf(entry.getFileName()))
            .flatMap(name -> discarded(entry.resolveSibling(name)))
            .filter(file -> found.size() < LIMIT)
            .ifPresent(found::add);
      }
    } catch (IOException | DirectoryIteratorException e) {
      // Where nothing was discarded yet there is no trash.
    }
  }

  private static Optional<Discarded> discarded(Path file) {
    return new Shelf(file)
        .entries()
        .flatMap(
            entries -> {
              try {
                return Optional.of(
                    new Discarded(
                        file,
                        what(entries),
                        Files.size(file),
                        Long.parseLong(entries.getOrDefault(Shelf.TRASHED, "0"))));
              } catch (IOException | NumberFormatException e) {
                return Optional.empty();
              }
            });
  }

  private static String what(SortedMap<String, String> entries) {
    String owner = entries.get(VolumeStore.OWNER);
    return owner == null
        ? "image " + entries.getOrDefault(ImageStore.NAME, "")
        : "volume of " + owner;
  }

  /** Deletes it for good. */
  public void purge(Discarded discarded) throws IOException {
    new Shelf(discarded.file()).delete();
  }
}

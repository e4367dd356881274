package dev.ballast.agent.host.storage;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A file of Ballast's with its sidecar, and the trash beside it. The file is there when both are;
 * whoever dies between two steps leaves it either here or there.
 */
final class Shelf {
  static final String TRASH = ".trash";

  /** Says which of several files of one name it is. */
  static final String ID = "id";

  /** When it went into the trash. */
  static final String TRASHED = "trashed";

  private static final String RESTORED = "restored";

  private final Path data;

  Shelf(Path data) {
    this.data = data;
  }

  Path data() {
    return data;
  }

  /** What is written beside the file; absent while it is not there. */
  Optional<SortedMap<String, String>> entries() {
    return Files.exists(data) ? Sidecar.read(data) : Optional.empty();
  }

  /** The same file in the trash. */
  Shelf trashed(String id) {
    return new Shelf(Sidecar.directory(data).resolve(TRASH).resolve(id + "-" + data.getFileName()));
  }

  /** Puts a finished file into its place, never over another one. */
  void put(Path finished, SortedMap<String, String> entries) throws IOException {
    if (Files.exists(data)) {
      throw new FileAlreadyExistsException(data + " is in the way; nothing is overwritten");
    }
    Sidecar.write(data, entries);
    Files.createLink(data, finished);
    Files.delete(finished);
    Sidecar.syncDirectory(data);
  }

  /** Moves it into the trash. */
  void discard(long epochMillis) throws IOException {
    SortedMap<String, String> entries = new TreeMap<>(required());
    entries.put(TRASHED, Long.toString(epochMillis));
    Shelf trash = trashed(entries.getOrDefault(ID, "unknown"));
    Sidecar.makeDirectories(Sidecar.directory(trash.data));
    trash.put(data, entries);
    Files.deleteIfExists(Sidecar.of(data));
    Sidecar.syncDirectory(data);
  }

  /** Brings it back from the trash; what is written beside it says so, for an undo. */
  void restore(String id) throws IOException {
    Shelf trash = trashed(id);
    SortedMap<String, String> entries = new TreeMap<>(trash.required());
    entries.remove(TRASHED);
    entries.put(RESTORED, "yes");
    put(trash.data, entries);
    Files.deleteIfExists(Sidecar.of(trash.data));
  }

  /** Whether it came back from the trash, and was not made anew. */
  boolean isRestored() {
    return entries().filter(entries -> entries.containsKey(RESTORED)).isPresent();
  }

  /** Deletes it for good. */
  void delete() throws IOException {
    Files.deleteIfExists(data);
    Files.deleteIfExists(Sidecar.of(data));
    Sidecar.syncDirectory(data);
  }

  private SortedMap<String, String> required() throws IOException {
    return entries().orElseThrow(() -> new IOException(data + " is none of Ballast's files"));
  }
}

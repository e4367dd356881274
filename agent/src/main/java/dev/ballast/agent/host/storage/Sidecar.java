package dev.ballast.agent.host.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What Ballast wrote down beside a file of its own: the marker that it is one. A line holds a key,
 * a space and a value.
 */
final class Sidecar {
  static final String SUFFIX = ".ballast";

  private static final int LIMIT_BYTES = 16 << 10;
  private static final String PASSABLE = "rwx--x--x";

  private Sidecar() {}

  /** Where it lies for that file. */
  static Path of(Path data) {
    return data.resolveSibling("." + data.getFileName() + SUFFIX);
  }

  /** The file that the sidecar of that name stands beside; absent for another kind of file. */
  static Optional<String> dataName(String name) {
    return name.startsWith(".") && name.endsWith(SUFFIX) && name.length() > 1 + SUFFIX.length()
        ? Optional.of(name.substring(1, name.length() - SUFFIX.length()))
        : Optional.empty();
  }

  /** What is written; absent where nothing can be read. */
  static Optional<SortedMap<String, String>> read(Path data) {
    try (InputStream in = Files.newInputStream(of(data))) {
      SortedMap<String, String> entries = new TreeMap<>();
      String text = new String(in.readNBytes(LIMIT_BYTES), StandardCharsets.UTF_8);
      for (String line : text.split("\n", -1)) {
        int space = line.indexOf(' ');
        if (space > 0) {
          entries.put(line.substring(0, space), line.substring(space + 1));
        }
      }
      return Optional.of(entries);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Makes a directory for files that guests use: QEMU, which runs as a user of its own, may pass
   * through those that are made, but not list them; those that are there stay as they are.
   */
  static void makeDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.getParent();
    if (parent != null) {
      makeDirectories(parent);
    }
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      return;
    }
    // The umask of a daemon is tighter than what is given at creation.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(PASSABLE));
  }

  /** Writes it whole, or not; on disk when this returns. */
  static void write(Path data, Map<String, String> entries) throws IOException {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(entries)
        .forEach((key, value) -> text.append(key).append(' ').append(value).append('\n'));
    Path sidecar = of(data);
    Path draft = sidecar.resolveSibling(sidecar.getFileName() + ".new");
    Files.writeString(draft, text);
    sync(draft);
    Files.move(draft, sidecar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncDirectory(sidecar);
  }

  static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Makes what was done to the file's name outlast a power cut. */
  static void syncDirectory(Path file) throws IOException {
    sync(directory(file));
  }

  static Path directory(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? Path.of("/") : parent;
  }
}

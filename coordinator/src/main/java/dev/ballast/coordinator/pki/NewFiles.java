package dev.ballast.coordinator.pki;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Files that appear in a directory together or not at all. They are written into a directory of
 * their own beside their places and then moved there, top entry by top entry; nothing that exists
 * is ever replaced.
 */
final class NewFiles {
  private static final FileAttribute<Set<PosixFilePermission>> SECRET_FILE = mode("rw-------");
  private static final FileAttribute<Set<PosixFilePermission>> PUBLIC_FILE = mode("rw-r--r--");
  private static final FileAttribute<Set<PosixFilePermission>> SECRET_DIRECTORY = mode("rwx------");

  private record Content(String text, boolean secret) {}

  private final Path directory;
  private final Map<String, Content> files = new LinkedHashMap<>();

  NewFiles(Path directory) {
    this.directory = directory;
  }

  private static FileAttribute<Set<PosixFilePermission>> mode(String mode) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
  }

  void add(String path, String text) {
    files.put(path, new Content(text, false));
  }

  /** Only its owner may read it. */
  void addSecret(String path, String text) {
    files.put(path, new Content(text, true));
  }

  /**
   * Writes all of them.
   *
   * @param tops the entries to move into place, in this order; each holds or is one of the files
   */
  void write(List<String> tops) throws PkiException {
    try {
      Files.createDirectories(directory);
      refuseExisting(tops);
      Path stage = Files.createTempDirectory(directory, ".new-", SECRET_DIRECTORY);
      try {
        writeInto(stage);
        move(stage, tops);
      } finally {
        delete(stage);
      }
    } catch (IOException | UncheckedIOException e) {
      throw new PkiException("cannot write into " + directory + ": " + e, e);
    }
  }

  private void refuseExisting(List<String> tops) throws PkiException {
    for (String top : tops) {
      if (Files.exists(directory.resolve(top))) {
        throw new PkiException(
            directory.resolve(top)
                + " exists; nothing is overwritten: move it away or choose another place");
      }
    }
  }

  private void writeInto(Path stage) throws IOException {
    for (Map.Entry<String, Content> file : files.entrySet()) {
      Path path = stage.resolve(file.getKey());
      Path parent = path.getParent();
      if (parent != null) {
        Files.createDirectories(parent, SECRET_DIRECTORY);
      }
      Content content = file.getValue();
      Files.createFile(path, content.secret() ? SECRET_FILE : PUBLIC_FILE);
      Files.writeString(path, content.text(), StandardOpenOption.SYNC);
    }
  }

  private void move(Path stage, List<String> tops) throws IOException {
    List<Path> moved = new ArrayList<>();
    try {
      for (String top : tops) {
        Path target = directory.resolve(top);
        Files.createDirectories(target.getParent());
        Files.move(stage.resolve(top), target, StandardCopyOption.ATOMIC_MOVE);
        moved.add(target);
      }
    } catch (IOException e) {
      for (Path target : moved) {
        delete(target);
      }
      throw e;
    }
  }

  private static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> all = Files.walk(path)) {
      for (Path entry : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(entry);
      }
    }
  }
}

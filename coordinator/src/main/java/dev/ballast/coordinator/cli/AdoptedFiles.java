package dev.ballast.coordinator.cli;

import dev.ballast.v1.SpecFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes specifications into a folder; readable by their owner, as definitions hold secrets. */
final class AdoptedFiles {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*\\.yaml");

  private final Path folder;
  private final boolean force;

  AdoptedFiles(Path folder, boolean force) {
    this.folder = folder;
    this.force = force;
  }

  /** Where the file would be. */
  static Path place(@Nullable Path folder, SpecFile file) {
    if (!NAME.matcher(file.getPath()).matches()) {
      throw new CliException(
          ExitCode.FAILED, "the coordinator named a file '" + file.getPath() + "'", "update it");
    }
    return folder == null ? Path.of(file.getPath()) : folder.resolve(file.getPath());
  }

  /** Writes all of them, or none where one is there already. */
  void write(List<SpecFile> files) {
    for (SpecFile file : files) {
      Path place = place(folder, file);
      if (!force && Files.exists(place)) {
        throw new CliException(
            ExitCode.USAGE, place + " is there already", "write over it with --force");
      }
    }
    try {
      Files.createDirectories(folder);
      for (SpecFile file : files) {
        write(place(folder, file), file.getContent());
      }
    } catch (IOException e) {
      throw new CliException(
          ExitCode.USAGE, folder + " cannot be written: " + e, "name another --dir", e);
    }
  }

  private void write(Path place, String content) throws IOException {
    Path fresh =
        Files.createTempFile(
            folder,
            ".adopt",
            ".tmp",
            PosixFilePermissions.asFileAttribute(
                Set.copyOf(PosixFilePermissions.fromString("rw-------"))));
    try {
      Files.write(fresh, content.getBytes(StandardCharsets.UTF_8));
      Files.move(fresh, place, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}

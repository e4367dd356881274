package dev.ballast.coordinator.cli;

import dev.ballast.v1.SpecFile;
import dev.ballast.wire.WireLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Reads specifications: files as named, and of directories all {@code *.yaml} and {@code *.yml}.
 */
final class SpecFiles {
  private static final int DEPTH_LIMIT = 32;
  private static final long TOTAL_BYTES_LIMIT = WireLimits.OPERATOR_MESSAGE_BYTES - 1024L * 1024;

  private SpecFiles() {}

  static List<SpecFile> read(List<Path> places) {
    List<SpecFile> files = new ArrayList<>();
    long bytes = 0;
    for (Path place : places) {
      for (Path file : list(place)) {
        if (files.size() == WireLimits.SPEC_FILES) {
          throw fault(place + " and the others hold more than " + WireLimits.SPEC_FILES + " files");
        }
        SpecFile one = read(file);
        bytes += one.getSerializedSize();
        if (bytes > TOTAL_BYTES_LIMIT) {
          throw fault("the files together are larger than " + Words.bytes(TOTAL_BYTES_LIMIT));
        }
        files.add(one);
      }
    }
    return files;
  }

  private static List<Path> list(Path place) {
    if (!Files.isDirectory(place)) {
      return List.of(place);
    }
    try (Stream<Path> found = Files.walk(place, DEPTH_LIMIT, FileVisitOption.FOLLOW_LINKS)) {
      List<Path> files = found.filter(file -> isSpec(place, file)).sorted().toList();
      if (files.isEmpty()) {
        throw fault(place + " holds no *.yaml file");
      }
      return files;
    } catch (IOException | UncheckedIOException e) {
      throw new CliException(
          ExitCode.USAGE, place + " cannot be read: " + e.getMessage(), "check its permissions", e);
    }
  }

  private static boolean isSpec(Path place, Path file) {
    for (Path part : place.relativize(file)) {
      if (part.toString().startsWith(".")) {
        return false;
      }
    }
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return (name.endsWith(".yaml") || name.endsWith(".yml")) && Files.isRegularFile(file);
  }

  private static SpecFile read(Path file) {
    try {
      if (Files.size(file) > WireLimits.SPEC_FILE_BYTES) {
        throw fault(file + " is larger than " + Words.bytes(WireLimits.SPEC_FILE_BYTES));
      }
      return SpecFile.newBuilder()
          .setPath(file.toString())
          .setContent(Files.readString(file))
          .build();
    } catch (CharacterCodingException e) {
      throw new CliException(ExitCode.USAGE, file + " is not UTF-8 text", "save it as UTF-8", e);
    } catch (IOException e) {
      throw new CliException(
          ExitCode.USAGE, file + " cannot be read", "check the path and its permissions", e);
    }
  }

  private static CliException fault(String what) {
    return new CliException(ExitCode.USAGE, what, "nothing was changed");
  }
}

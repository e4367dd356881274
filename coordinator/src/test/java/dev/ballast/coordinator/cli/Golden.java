package dev.ballast.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Output as committed; {@code -Dballast.golden.update=true} writes it anew. */
final class Golden {
  private static final Path FOLDER = Path.of("src/test/resources/cli");

  private Golden() {}

  static void check(String name, String output) {
    Path file = FOLDER.resolve(name);
    try {
      if (Boolean.getBoolean("ballast.golden.update")) {
        Files.createDirectories(FOLDER);
        Files.writeString(file, output);
      }
      assertThat(output).as(name).isEqualTo(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.ballast.agent.command;

import dev.ballast.agent.host.kernel.KernelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The files of a fake host, below a directory of the test; they outlive the process. */
final class FakeFiles {
  private final Path root;

  FakeFiles(Path root) {
    this.root = root;
  }

  KernelFiles kernel() {
    return new KernelFiles(root);
  }

  Path path(String file) {
    return root.resolve(file);
  }

  void put(String path, String text) throws IOException {
    Path file = path(path);
    Files.createDirectories(file.resolveSibling("."));
    Files.writeString(file, text);
  }

  /** Puts it where no earlier life has; it is never seen empty. */
  void putOnce(String path, String text) throws IOException {
    if (!Files.exists(path(path))) {
      put(path + ".new", text);
      Files.move(path(path + ".new"), path(path), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  String text(String path) throws IOException {
    return Files.readString(path(path)).strip();
  }
}

package dev.ballast.agent.host.storage;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** How full the file systems are that files of Ballast's lie on. */
@FunctionalInterface
public interface PoolSpace {
  /**
   * A file system's bytes.
   *
   * @param freeBytes what is left for Ballast
   */
  record Space(long totalBytes, long freeBytes) {
    /** How full it is once so many bytes more are written. */
    long usedPercent(long moreBytes) {
      return totalBytes <= 0
          ? 0
          : Math.round(100.0 * (totalBytes - freeBytes + moreBytes) / totalBytes);
    }
  }

  /** The file system that the directory lies on, or will lie on once it is made. */
  Space of(Path directory) throws IOException;

  static PoolSpace real() {
    return directory -> {
      Path there = directory.toAbsolutePath();
      while (!Files.exists(there) && there.getParent() != null) {
        there = there.getParent();
      }
      FileStore store = Files.getFileStore(there);
      return new Space(store.getTotalSpace(), store.getUsableSpace());
    };
  }
}

package dev.ballast.coordinator.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Held while a process uses a state directory: a second coordinator on it cannot start. */
final class InstanceLock implements AutoCloseable {
  private static final String FILE_NAME = "coordinator.lock";

  private final FileChannel channel;

  private InstanceLock(FileChannel channel) {
    this.channel = channel;
  }

  static InstanceLock take(Path stateDir) {
    Path file = stateDir.resolve(FILE_NAME);
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        throw inUse(stateDir);
      }
      return new InstanceLock(channel);
    } catch (OverlappingFileLockException e) {
      closeQuietly(channel);
      throw inUse(stateDir);
    } catch (IOException e) {
      closeQuietly(channel);
      throw new StoreException(
          "cannot lock "
              + file
              + ": "
              + e
              + "; the state directory must be writable for the coordinator's user",
          e);
    }
  }

  private static StoreException inUse(Path stateDir) {
    return new StoreException(
        "the store in "
            + stateDir
            + " is in use by another process; stop the running ballast-coordinator first, or set"
            + " stateDir to a directory of its own",
        null);
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    if (channel == null) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      // The lock was not taken; there is nothing to release.
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new StoreException("cannot release the store's lock: " + e.getMessage(), e);
    }
  }
}

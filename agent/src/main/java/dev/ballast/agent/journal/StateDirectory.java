package dev.ballast.agent.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The directory that holds what the agent must not forget; one agent at a time owns it. */
public final class StateDirectory implements AutoCloseable {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private final Path path;
  private final FileChannel lockFile;

  private StateDirectory(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /**
   * Makes the directory where it is missing, keeps others out of it and locks it for this process.
   * On a read-only file system it is taken as it is: nothing will be written.
   *
   * @throws IOException when it cannot be made, or another process holds it
   */
  public static StateDirectory open(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      Files.createDirectories(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    }
    boolean readOnly = isReadOnly(path);
    Path file = path.resolve("lock");
    FileChannel channel;
    if (readOnly) {
      channel = FileChannel.open(file, StandardOpenOption.READ);
    } else {
      Files.setPosixFilePermissions(path, OWNER_ONLY);
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }
    try {
      FileLock lock = channel.tryLock(0, Long.MAX_VALUE, readOnly);
      if (lock == null) {
        throw new IOException(path + " is in use by another agent");
      }
      return new StateDirectory(path, channel);
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw new IOException(path + " is in use by another agent of this process", e);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Whether nothing can be written there: mounted so, or by the kernel after an error. The kernel
   * is asked about the directory itself: its file system's entry among the mounts is another one
   * where systemd made all but this directory read-only.
   */
  static boolean isReadOnly(Path directory) {
    return !Files.isWritable(directory);
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}

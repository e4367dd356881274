package dev.ballast.agent.command;

import dev.ballast.core.action.Command;
import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.action.PlannedAction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What commands last set on this host and a reboot loses: one action an object, on the disk, under
 * the boot in which it held.
 */
public final class VolatileState {
  private static final String FILE = "volatile";

  /** The longest file that is read. */
  private static final long LENGTH_LIMIT_BYTES = 4L << 20;

  private final Path file;
  private final CommandFormat format;
  private final String bootId;

  public VolatileState(Path stateDirectory, CommandFormat format, String bootId) {
    this.file = stateDirectory.resolve(FILE);
    this.format = format;
    this.bootId = bootId;
  }

  /** What held in an earlier boot and was not restored in this one. */
  synchronized List<PlannedAction> lost() throws IOException {
    return read()
        .filter(kept -> !kept.stampBootId().equals(bootId))
        .map(Command::actions)
        .orElse(List.of());
  }

  /** From now on what is kept holds in this boot. */
  synchronized void restored() throws IOException {
    Optional<Command> kept = read();
    if (kept.isPresent()) {
      write(kept.get().actions());
    }
  }

  /** Keeps what the command set, which all of its actions did. */
  synchronized void keep(Command command) throws IOException {
    List<PlannedAction> lossy =
        command.actions().stream().filter(p -> !p.action().survivesReboot()).toList();
    if (lossy.isEmpty()) {
      return;
    }
    Map<ObjectKey, PlannedAction> byObject = new LinkedHashMap<>();
    read().ifPresent(kept -> kept.actions().forEach(p -> byObject.put(p.action().object(), p)));
    lossy.forEach(p -> byObject.put(p.action().object(), p));
    write(List.copyOf(byObject.values()));
  }

  private Optional<Command> read() throws IOException {
    try {
      if (Files.size(file) > LENGTH_LIMIT_BYTES) {
        throw new IOException(file + " is longer than " + LENGTH_LIMIT_BYTES + " bytes");
      }
      return Optional.of(format.decodeCommand(Files.readAllBytes(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private void write(List<PlannedAction> actions) throws IOException {
    byte[] bytes = format.encode(new Command(1, 1, 0, bootId, 0, false, Optional.empty(), actions));
    Path fresh = file.resolveSibling(FILE + ".new");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel directory = FileChannel.open(file.resolveSibling("."))) {
      directory.force(true); // an older file would restore what has been changed since
    }
  }
}

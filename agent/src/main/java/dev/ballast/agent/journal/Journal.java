package dev.ballast.agent.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Frames of bytes, appended and forced to the disk. A torn tail is cut when the journal is opened.
 * Damage with intact frames behind it is no torn tail but a disk that forgets: the journal then
 * takes nothing more until somebody has looked.
 *
 * <p>A reserve of disk space is set aside when the journal is opened and given up when the disk
 * fills, so that what was begun can still be recorded to its end.
 */
public final class Journal implements AutoCloseable {
  /** The longest frame. */
  public static final int FRAME_LIMIT_BYTES = 16 << 20;

  /** The longest file; compaction keeps it far below. */
  public static final int FILE_LIMIT_BYTES = 512 << 20;

  /** Set aside for what must be recorded on a full disk. */
  public static final int RESERVE_BYTES = 512 << 10;

  /** With less than this free on the disk nothing new is begun. */
  public static final int FREE_BYTES = 256 << 10;

  /** Whether a frame may find no place. */
  public enum Need {
    /** Something new: refused when the reserve is not whole. */
    MAY_REFUSE,
    /** The end of something begun: may use the reserve. */
    MUST_RECORD,
    /** Something that may be lost: refused as the first, and not forced to the disk by itself. */
    MAY_LOSE
  }

  /**
   * What an opened journal holds.
   *
   * @param damage why nothing more can be appended
   */
  public record Opened(Journal journal, List<byte[]> frames, Optional<String> damage) {}

  private final Path directory;
  private FileChannel file;
  private long salt;
  private long nextNumber;
  private long goodBytes;
  private @Nullable String broken;

  private Journal(Path directory, FileChannel file, FrameFormat.Scan scan) {
    this.directory = directory;
    this.file = file;
    this.salt = scan.salt();
    this.nextNumber = scan.nextNumber();
    this.goodBytes = scan.goodBytes();
  }

  /**
   * Opens the journal in that directory, which must exist; an absent one is begun. On a read-only
   * file system it is only read, and takes nothing.
   *
   * @throws IOException when the file cannot be read or made
   */
  public static Opened open(Path directory) throws IOException {
    Path path = path(directory);
    if (StateDirectory.isReadOnly(directory)) {
      return openReadOnly(directory, path);
    }
    Files.deleteIfExists(fresh(directory));
    if (!Files.exists(path) || Files.size(path) == 0) {
      begin(directory);
    }
    if (Files.size(path) > FILE_LIMIT_BYTES) {
      throw new JournalException(path + " is longer than " + FILE_LIMIT_BYTES + " bytes");
    }
    FrameFormat.Scan scan = FrameFormat.scan(Files.readAllBytes(path));
    FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    Journal journal = new Journal(directory, file, scan);
    if (scan.framesBehindDamage()) {
      journal.broken =
          path
              + " is damaged at byte "
              + scan.goodBytes()
              + " with records behind: check the disk, then move the file away to begin anew";
    } else if (scan.goodBytes() == 0) {
      file.close();
      begin(directory);
      return open(directory);
    } else {
      journal.cutTail();
      journal.ensureReserve();
    }
    return new Opened(journal, scan.frames(), Optional.ofNullable(journal.broken));
  }

  private static Opened openReadOnly(Path directory, Path path) throws IOException {
    Contents contents = read(directory);
    Journal journal =
        new Journal(
            directory,
            FileChannel.open(path, StandardOpenOption.READ),
            FrameFormat.scan(Files.readAllBytes(path)));
    String why =
        directory
            + " cannot be written (a read-only file system?): make it writable and restart the"
            + " agent";
    journal.broken = why;
    return new Opened(journal, contents.frames(), Optional.of(why));
  }

  /**
   * What a journal's file holds, read without any change to it; it may be in use.
   *
   * @param tornBytes at the end of the file, which its next opening cuts; a record that is just
   *     being written looks the same
   * @param damaged whether intact records lie behind these bytes
   */
  public record Contents(Path file, List<byte[]> frames, long tornBytes, boolean damaged) {
    public Contents {
      frames = List.copyOf(frames);
    }
  }

  /**
   * Reads the journal in that directory.
   *
   * @throws IOException when there is none, or it cannot be read
   */
  public static Contents read(Path directory) throws IOException {
    Path path = path(directory);
    if (Files.size(path) > FILE_LIMIT_BYTES) {
      throw new JournalException(path + " is longer than " + FILE_LIMIT_BYTES + " bytes");
    }
    byte[] bytes = Files.readAllBytes(path);
    FrameFormat.Scan scan = FrameFormat.scan(bytes);
    return new Contents(
        path, scan.frames(), (long) bytes.length - scan.goodBytes(), scan.framesBehindDamage());
  }

  private void cutTail() throws IOException {
    if (file.size() > goodBytes) {
      file.truncate(goodBytes);
      file.force(true);
    }
  }

  /**
   * Appends frames and, unless they may be lost, forces them to the disk together.
   *
   * @throws JournalException when they are not recorded; a later attempt may succeed
   */
  public synchronized void append(Need need, byte[]... frames) throws JournalException {
    requireWhole();
    if (need != Need.MUST_RECORD && !(ensureReserve() && hasSpace())) {
      throw new JournalException("no disk space for the journal in " + directory);
    }
    try {
      write(need, frames);
    } catch (JournalException e) {
      if (need != Need.MUST_RECORD || broken != null || !dropReserve()) {
        throw e;
      }
      write(need, frames);
    }
  }

  private void write(Need need, byte[]... frames) throws JournalException {
    for (byte[] frame : frames) {
      if (frame.length > FRAME_LIMIT_BYTES) {
        throw new JournalException("a record of " + frame.length + " bytes is too long");
      }
    }
    try {
      long at = goodBytes;
      long number = nextNumber;
      for (byte[] frame : frames) {
        at += writeFully(file, FrameFormat.frame(salt, number++, frame), at);
      }
      if (need != Need.MAY_LOSE) {
        force();
      }
      goodBytes = at;
      nextNumber = number;
    } catch (JournalException e) {
      throw e;
    } catch (IOException e) {
      throw takeBack(e);
    }
  }

  /** After a failed force nobody knows what is on the disk: only opening anew tells. */
  private void force() throws JournalException {
    try {
      file.force(false);
    } catch (IOException e) {
      broken = path(directory) + " cannot be forced to the disk: " + e.getMessage();
      throw new JournalException(broken, e);
    }
  }

  private JournalException takeBack(IOException failure) {
    try {
      cutTail();
    } catch (IOException e) {
      broken = path(directory) + " cannot be written nor cut: " + e.getMessage();
    }
    return new JournalException(
        "cannot write to " + path(directory) + ": " + failure.getMessage(), failure);
  }

  /** Replaces everything by these frames, all or nothing. */
  public synchronized void rewrite(List<byte[]> frames) throws JournalException {
    requireWhole();
    long newSalt = newSalt();
    FileChannel old = file;
    try {
      // Opened before it takes the old one's place: what came after would go to a file without
      // name.
      FileChannel renewed = writeFile(directory, newSalt, frames);
      file = renewed;
      salt = newSalt;
      nextNumber = frames.size() + 1L;
      goodBytes = renewed.size();
      old.close();
    } catch (IOException e) {
      throw new JournalException("cannot rewrite " + path(directory) + ": " + e.getMessage(), e);
    }
    try {
      forceDirectory(directory);
    } catch (IOException e) {
      broken = directory + " cannot be forced to the disk: " + e.getMessage();
      throw new JournalException(broken, e);
    }
  }

  /** The length of the file. */
  public synchronized long sizeBytes() {
    return goodBytes;
  }

  /** Why nothing can be appended any more. */
  public synchronized Optional<String> broken() {
    return Optional.ofNullable(broken);
  }

  private void requireWhole() throws JournalException {
    if (broken != null) {
      throw new JournalException(broken);
    }
  }

  private static void begin(Path directory) throws IOException {
    writeFile(directory, newSalt(), List.of()).close();
    forceDirectory(directory);
  }

  /** The file, which has taken the place of the former; its name is not yet forced to the disk. */
  private static FileChannel writeFile(Path directory, long salt, List<byte[]> frames)
      throws IOException {
    Path fresh = fresh(directory);
    Files.deleteIfExists(fresh);
    Files.createFile(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    FileChannel out = FileChannel.open(fresh, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      long length = writeFully(out, FrameFormat.header(salt), 0);
      long number = 1;
      for (byte[] frame : frames) {
        length += writeFully(out, FrameFormat.frame(salt, number++, frame), length);
      }
      out.force(true);
      Files.move(fresh, path(directory), StandardCopyOption.ATOMIC_MOVE);
      return out;
    } catch (IOException e) {
      out.close();
      Files.deleteIfExists(fresh);
      throw e;
    }
  }

  private static int writeFully(FileChannel out, ByteBuffer bytes, long at) throws IOException {
    int length = bytes.remaining();
    while (bytes.hasRemaining()) {
      out.write(bytes, at + length - bytes.remaining());
    }
    return length;
  }

  private static void forceDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private boolean ensureReserve() {
    Path reserve = reserve(directory);
    try {
      if (Files.exists(reserve) && Files.size(reserve) == RESERVE_BYTES) {
        return true;
      }
      try (FileChannel out =
          FileChannel.open(reserve, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        writeFully(out, ByteBuffer.allocate(RESERVE_BYTES), 0);
        out.force(true);
      }
      return true;
    } catch (IOException e) {
      dropReserve();
      return false;
    }
  }

  private boolean hasSpace() {
    try {
      return Files.getFileStore(directory).getUsableSpace() >= FREE_BYTES;
    } catch (IOException e) {
      return false;
    }
  }

  private boolean dropReserve() {
    try {
      return Files.deleteIfExists(reserve(directory));
    } catch (IOException e) {
      return false;
    }
  }

  private static long newSalt() {
    return new SecureRandom().nextLong();
  }

  private static Path path(Path directory) {
    return directory.resolve("journal");
  }

  private static Path fresh(Path directory) {
    return directory.resolve("journal.new");
  }

  private static Path reserve(Path directory) {
    return directory.resolve("journal.reserve");
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}

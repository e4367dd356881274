package dev.ballast.agent.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The journal file: a header (a name and a random salt), then frames: length, number, CRC32C, and
 * the bytes. The checksum also covers the salt and the number, so that neither a frame of an
 * earlier file nor bytes inside of a frame can pass for a frame.
 */
final class FrameFormat {
  private static final byte[] NAME = "BALLAST-JOURNAL1".getBytes(StandardCharsets.US_ASCII);

  static final int HEADER_BYTES = NAME.length + Long.BYTES;
  static final int FRAME_HEADER_BYTES = Integer.BYTES + Long.BYTES + Integer.BYTES;

  private FrameFormat() {}

  static ByteBuffer header(long salt) {
    return ByteBuffer.allocate(HEADER_BYTES).put(NAME).putLong(salt).flip();
  }

  static ByteBuffer frame(long salt, long number, byte[] bytes) {
    return ByteBuffer.allocate(FRAME_HEADER_BYTES + bytes.length)
        .putInt(bytes.length)
        .putLong(number)
        .putInt(checksum(salt, number, ByteBuffer.wrap(bytes)))
        .put(bytes)
        .flip();
  }

  private static int checksum(long salt, long number, ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(
        ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES)
            .putLong(salt)
            .putLong(number)
            .putInt(bytes.remaining())
            .flip());
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /**
   * What a file holds.
   *
   * @param goodBytes the length of the header and the frames before the first damage
   * @param framesBehindDamage whether intact frames follow the damage, so that it is no torn tail
   */
  record Scan(
      long salt, List<byte[]> frames, int goodBytes, long nextNumber, boolean framesBehindDamage) {}

  /** Reads a file's bytes; absent salt and frames when even the header is not whole. */
  static Scan scan(byte[] file) {
    if (file.length < HEADER_BYTES || !Arrays.equals(file, 0, NAME.length, NAME, 0, NAME.length)) {
      return new Scan(0, List.of(), 0, 1, file.length > HEADER_BYTES);
    }
    ByteBuffer in = ByteBuffer.wrap(file);
    long salt = in.getLong(NAME.length);
    List<byte[]> frames = new ArrayList<>();
    int at = HEADER_BYTES;
    long number = 1;
    while (isFrame(in, at, salt, number)) {
      int length = in.getInt(at);
      frames.add(
          Arrays.copyOfRange(file, at + FRAME_HEADER_BYTES, at + FRAME_HEADER_BYTES + length));
      at += FRAME_HEADER_BYTES + length;
      number++;
    }
    return new Scan(salt, frames, at, number, anyFrameBehind(in, at, salt, number));
  }

  private static boolean isFrame(ByteBuffer in, int at, long salt, long number) {
    if (in.limit() - at < FRAME_HEADER_BYTES) {
      return false;
    }
    int length = in.getInt(at);
    if (length < 0 || length > in.limit() - at - FRAME_HEADER_BYTES) {
      return false;
    }
    return in.getLong(at + Integer.BYTES) == number
        && in.getInt(at + Integer.BYTES + Long.BYTES)
            == checksum(salt, number, in.slice(at + FRAME_HEADER_BYTES, length));
  }

  /** At most so many frame numbers behind the damaged one are looked for. */
  private static final int LOST_LIMIT = 100_000;

  private static boolean anyFrameBehind(ByteBuffer in, int from, long salt, long number) {
    for (int at = from + 1; at <= in.limit() - FRAME_HEADER_BYTES; at++) {
      long found = in.getLong(at + Integer.BYTES);
      if (found > number && found - number <= LOST_LIMIT && isFrame(in, at, salt, found)) {
        return true;
      }
    }
    return false;
  }
}

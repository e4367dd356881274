package dev.ballast.agent.host.kernel;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Takes whole numbers from the bytes of a kernel file without making strings: telemetry reads
 * dozens of files a second.
 */
public final class Numbers {
  /** What a number too long for a long is read as. */
  public static final long LIMIT = Long.MAX_VALUE / 16;

  private Numbers() {}

  /** The next unsigned number on this line, or -1 when the line or the text ends before one. */
  public static long next(ByteBuffer text) {
    while (text.hasRemaining()) {
      byte c = text.get(text.position());
      if (c == '\n') {
        return -1;
      }
      if (isDigit(c)) {
        return digits(text);
      }
      text.get();
    }
    return -1;
  }

  private static long digits(ByteBuffer text) {
    long value = 0;
    while (text.hasRemaining() && isDigit(text.get(text.position()))) {
      int digit = text.get() - '0';
      value = value > LIMIT / 10 ? LIMIT : value * 10 + digit;
    }
    return value;
  }

  /** Moves past the end of this line; false when there is no further line. */
  public static boolean nextLine(ByteBuffer text) {
    while (text.hasRemaining()) {
      if (text.get() == '\n') {
        return text.hasRemaining();
      }
    }
    return false;
  }

  /** Whether the text goes on with these bytes, which are then passed. */
  public static boolean skip(ByteBuffer text, byte[] expected) {
    if (text.remaining() < expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if (text.get(text.position() + i) != expected[i]) {
        return false;
      }
    }
    text.position(text.position() + expected.length);
    return true;
  }

  /** The number after the name on the first line that starts with it, or -1. */
  public static long valueOf(ByteBuffer text, byte[] name) {
    do {
      if (skip(text, name)) {
        return next(text);
      }
    } while (nextLine(text));
    return -1;
  }

  public static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static boolean isDigit(byte c) {
    return c >= '0' && c <= '9';
  }
}

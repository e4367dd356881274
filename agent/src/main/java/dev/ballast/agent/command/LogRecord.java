package dev.ballast.agent.command;

import dev.ballast.agent.journal.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** One record of the command log. */
sealed interface LogRecord {
  /** The highest term seen. */
  record Term(long term) implements LogRecord {}

  /** Ids up to this one are forgotten. */
  record LowWater(long id) implements LogRecord {}

  /** A command is about to be executed. */
  record Intent(long id, Bytes digest, Bytes command) implements LogRecord {}

  /** An action of it is about to be executed on an object in that state. */
  record Step(long id, int index, Bytes before) implements LogRecord {}

  /** What was done of it is about to be undone. */
  record UndoBegun(long id) implements LogRecord {}

  /** The action of that index has been undone. */
  record Undone(long id, int index) implements LogRecord {}

  /** It has ended. */
  record Ended(long id, Bytes digest, Bytes result) implements LogRecord {}

  /** The coordinator has stored its result. */
  record Acknowledged(long id) implements LogRecord {}

  /** It is done, and stays only if the coordinator confirms it before that time of that boot. */
  record Armed(long id, long deadlineMillis, Bytes nonce, Bytes bootId) implements LogRecord {}

  /** The record as a frame: a byte for the kind, the numbers, the byte strings with lengths. */
  default byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      switch (this) {
        case Term(long term) -> numbers(out, 1, term);
        case LowWater(long id) -> numbers(out, 2, id);
        case Intent(long id, Bytes digest, Bytes command) -> {
          numbers(out, 3, id);
          strings(out, digest, command);
        }
        case Step(long id, int index, Bytes before) -> {
          numbers(out, 4, id, index);
          strings(out, before);
        }
        case UndoBegun(long id) -> numbers(out, 5, id);
        case Ended(long id, Bytes digest, Bytes result) -> {
          numbers(out, 6, id);
          strings(out, digest, result);
        }
        case Acknowledged(long id) -> numbers(out, 7, id);
        case Undone(long id, int index) -> numbers(out, 8, id, index);
        case Armed(long id, long deadlineMillis, Bytes nonce, Bytes bootId) -> {
          numbers(out, 9, id, deadlineMillis);
          strings(out, nonce, bootId);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("writing into memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  /**
   * The record of a frame.
   *
   * @throws IOException when the frame holds none, as of a newer agent
   */
  static LogRecord decode(byte[] frame) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(frame));
    int kind = in.readByte();
    return switch (kind) {
      case 1 -> new Term(in.readLong());
      case 2 -> new LowWater(in.readLong());
      case 3 -> new Intent(in.readLong(), string(in), string(in));
      case 4 -> new Step(in.readLong(), Math.toIntExact(in.readLong()), string(in));
      case 5 -> new UndoBegun(in.readLong());
      case 6 -> new Ended(in.readLong(), string(in), string(in));
      case 7 -> new Acknowledged(in.readLong());
      case 8 -> new Undone(in.readLong(), Math.toIntExact(in.readLong()));
      case 9 -> new Armed(in.readLong(), in.readLong(), string(in), string(in));
      default -> throw new IOException("the journal holds a record of unknown kind " + kind);
    };
  }

  private static void numbers(DataOutputStream out, int kind, long... numbers) throws IOException {
    out.writeByte(kind);
    for (long number : numbers) {
      out.writeLong(number);
    }
  }

  private static void strings(DataOutputStream out, Bytes... strings) throws IOException {
    for (Bytes string : strings) {
      out.writeInt(string.length());
      out.write(string.toArray());
    }
  }

  private static Bytes string(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("a record of the journal is too short");
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return Bytes.of(bytes);
  }
}

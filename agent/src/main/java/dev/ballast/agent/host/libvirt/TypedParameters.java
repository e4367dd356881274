package dev.ballast.agent.host.libvirt;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Named numbers for a call of libvirt, in their order: the call takes them one by one. As bytes
 * they are an array of {@code virTypedParameter}: a name of 80 bytes, the type, a union of 8 bytes.
 */
public final class TypedParameters {
  private static final int NAME_BYTES = 80;
  private static final int ENTRY_BYTES = NAME_BYTES + 8 + 8;

  /** VIR_TYPED_PARAM_INT, _UINT, _LLONG, _ULLONG and _STRING. */
  private enum Type {
    INT(1),
    UINT(2),
    LLONG(3),
    ULLONG(4),
    STRING(7);

    private final int code;

    Type(int code) {
      this.code = code;
    }
  }

  private record Entry(String name, Type type, long value, String text) {
    Entry(String name, Type type, long value) {
      this(name, type, value, Long.toString(value));
    }
  }

  private final List<Entry> entries = new ArrayList<>();
  private final List<Memory> texts = new ArrayList<>();

  /** An unsigned number of 32 bits. */
  public TypedParameters unsigned32(String name, long value) {
    entries.add(new Entry(name, Type.UINT, value));
    return this;
  }

  /** A signed number of 32 bits. */
  public TypedParameters signed32(String name, int value) {
    entries.add(new Entry(name, Type.INT, value));
    return this;
  }

  /** A signed number of 64 bits. */
  public TypedParameters signed(String name, long value) {
    entries.add(new Entry(name, Type.LLONG, value));
    return this;
  }

  /** An unsigned number of 64 bits. */
  public TypedParameters unsigned(String name, long value) {
    entries.add(new Entry(name, Type.ULLONG, value));
    return this;
  }

  /** A text, in memory that lives as long as these parameters. */
  public TypedParameters text(String name, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    Memory memory = new Memory(bytes.length + 1L);
    memory.write(0, bytes, 0, bytes.length);
    memory.setByte(bytes.length, (byte) 0);
    texts.add(memory);
    entries.add(new Entry(name, Type.STRING, Pointer.nativeValue(memory), value));
    return this;
  }

  int count() {
    return entries.size();
  }

  public boolean isEmpty() {
    return entries.isEmpty();
  }

  byte[] bytes() {
    ByteBuffer buffer =
        ByteBuffer.allocate(entries.size() * ENTRY_BYTES).order(ByteOrder.nativeOrder());
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      int start = i * ENTRY_BYTES;
      buffer.put(start, entry.name().getBytes(StandardCharsets.US_ASCII));
      buffer.putInt(start + NAME_BYTES, entry.type().code);
      if (entry.type() == Type.UINT || entry.type() == Type.INT) {
        buffer.putInt(start + NAME_BYTES + 8, (int) entry.value());
      } else {
        buffer.putLong(start + NAME_BYTES + 8, entry.value());
      }
    }
    return buffer.array();
  }

  @Override
  public String toString() {
    return String.join(
        " ", entries.stream().map(entry -> entry.name() + "=" + entry.text()).toList());
  }
}

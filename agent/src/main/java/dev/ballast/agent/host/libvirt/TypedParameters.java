package dev.ballast.agent.host.libvirt;

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

  /** VIR_TYPED_PARAM_UINT, _LLONG and _ULLONG. */
  private enum Type {
    UINT(2),
    LLONG(3),
    ULLONG(4);

    private final int code;

    Type(int code) {
      this.code = code;
    }
  }

  private record Entry(String name, Type type, long value) {}

  private final List<Entry> entries = new ArrayList<>();

  /** An unsigned number of 32 bits. */
  public TypedParameters unsigned32(String name, long value) {
    entries.add(new Entry(name, Type.UINT, value));
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
      if (entry.type() == Type.UINT) {
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
        " ", entries.stream().map(entry -> entry.name() + "=" + entry.value()).toList());
  }
}

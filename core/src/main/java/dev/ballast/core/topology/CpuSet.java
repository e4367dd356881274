package dev.ballast.core.topology;

import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.stream.IntStream;

/**
 * An immutable set of CPU numbers (hardware threads), printed and parsed in the kernel's list
 * format ({@code 0-3,5}; the empty set is the empty string).
 */
public final class CpuSet implements Comparable<CpuSet> {
  /** CPU numbers are below this bound (the kernel's largest NR_CPUS). */
  public static final int CPU_LIMIT = 8192;

  public static final CpuSet EMPTY = new CpuSet(new BitSet());

  private final BitSet bits;

  private CpuSet(BitSet bits) {
    this.bits = bits;
  }

  public static CpuSet of(int... cpus) {
    BitSet bits = new BitSet();
    for (int cpu : cpus) {
      bits.set(checked(cpu));
    }
    return new CpuSet(bits);
  }

  /** What is in any of the sets. */
  public static CpuSet union(Iterable<CpuSet> sets) {
    BitSet bits = new BitSet();
    for (CpuSet set : sets) {
      bits.or(set.bits);
    }
    return new CpuSet(bits);
  }

  public static CpuSet of(Collection<Integer> cpus) {
    return of(cpus.stream().mapToInt(Integer::intValue));
  }

  public static CpuSet of(IntStream cpus) {
    BitSet bits = new BitSet();
    cpus.forEach(cpu -> bits.set(checked(cpu)));
    return new CpuSet(bits);
  }

  /** The CPUs {@code first} to {@code last}, both included. */
  public static CpuSet range(int first, int last) {
    return of(IntStream.rangeClosed(first, last));
  }

  /**
   * Parses the kernel's list format; surrounding white space is ignored.
   *
   * @throws IllegalArgumentException naming the part that is not a CPU number or range
   */
  public static CpuSet parse(String list) {
    BitSet bits = new BitSet();
    String trimmed = list.strip();
    if (trimmed.isEmpty()) {
      return EMPTY;
    }
    for (String part : trimmed.split(",", -1)) {
      parsePart(part.strip(), bits);
    }
    return new CpuSet(bits);
  }

  private static void parsePart(String part, BitSet bits) {
    int dash = part.indexOf('-');
    int first = number(dash < 0 ? part : part.substring(0, dash), part);
    int last = dash < 0 ? first : number(part.substring(dash + 1), part);
    if (last < first) {
      throw new IllegalArgumentException("CPU range '" + part + "' runs backwards");
    }
    bits.set(first, last + 1);
  }

  private static int number(String digits, String part) {
    try {
      return checked(Integer.parseInt(digits.strip()));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + part + "' is not a CPU number or range", e);
    }
  }

  private static int checked(int cpu) {
    if (cpu < 0 || cpu >= CPU_LIMIT) {
      throw new IllegalArgumentException("CPU " + cpu + " is not within 0-" + (CPU_LIMIT - 1));
    }
    return cpu;
  }

  public boolean contains(int cpu) {
    return cpu >= 0 && bits.get(cpu);
  }

  public boolean containsAll(CpuSet other) {
    for (int cpu = other.bits.nextSetBit(0); cpu >= 0; cpu = other.bits.nextSetBit(cpu + 1)) {
      if (!bits.get(cpu)) {
        return false;
      }
    }
    return true;
  }

  public boolean intersects(CpuSet other) {
    return bits.intersects(other.bits);
  }

  public int size() {
    return bits.cardinality();
  }

  public boolean isEmpty() {
    return bits.isEmpty();
  }

  /**
   * The lowest CPU that is not below that number, −1 if there is none; for loops without objects.
   */
  public int next(int from) {
    return bits.nextSetBit(from);
  }

  /**
   * The lowest CPU.
   *
   * @throws IllegalStateException on the empty set
   */
  public int first() {
    if (bits.isEmpty()) {
      throw new IllegalStateException("the empty CPU set has no first CPU");
    }
    return bits.nextSetBit(0);
  }

  public CpuSet union(CpuSet other) {
    BitSet result = (BitSet) bits.clone();
    result.or(other.bits);
    return new CpuSet(result);
  }

  public CpuSet intersect(CpuSet other) {
    BitSet result = (BitSet) bits.clone();
    result.and(other.bits);
    return new CpuSet(result);
  }

  public CpuSet minus(CpuSet other) {
    BitSet result = (BitSet) bits.clone();
    result.andNot(other.bits);
    return new CpuSet(result);
  }

  /** The CPUs in ascending order. */
  public IntStream stream() {
    return bits.stream();
  }

  public List<Integer> toList() {
    return stream().boxed().toList();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CpuSet that && bits.equals(that.bits);
  }

  @Override
  public int hashCode() {
    return bits.hashCode();
  }

  /** Orders by the CPUs in ascending order, lexicographically. */
  @Override
  public int compareTo(CpuSet other) {
    PrimitiveIterator.OfInt a = stream().iterator();
    PrimitiveIterator.OfInt b = other.stream().iterator();
    while (a.hasNext() && b.hasNext()) {
      int order = Integer.compare(a.nextInt(), b.nextInt());
      if (order != 0) {
        return order;
      }
    }
    return Boolean.compare(a.hasNext(), b.hasNext());
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int first = bits.nextSetBit(0); first >= 0; ) {
      int end = bits.nextClearBit(first);
      text.append(text.isEmpty() ? "" : ",").append(first);
      if (end - 1 > first) {
        text.append('-').append(end - 1);
      }
      first = bits.nextSetBit(end);
    }
    return text.toString();
  }
}

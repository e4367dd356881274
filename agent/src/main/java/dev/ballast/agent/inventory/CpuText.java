package dev.ballast.agent.inventory;

import dev.ballast.core.topology.CpuSet;
import java.util.BitSet;

/**
 * Reads CPU sets and ids as the kernel writes them, taking what can be understood: numbers past
 * {@link CpuSet#CPU_LIMIT} and parts that are no numbers are left out, never an error.
 */
final class CpuText {
  private static final int BITS_PER_WORD = 32;

  private CpuText() {}

  /** A mask: hexadecimal words of 32 bits, the highest first, separated by commas. */
  static CpuSet mask(String text) {
    BitSet bits = new BitSet();
    String[] words = text.strip().split(",", -1);
    for (int i = 0; i < words.length; i++) {
      int base = (words.length - 1 - i) * BITS_PER_WORD;
      addWord(words[i].strip(), base, bits);
    }
    return CpuSet.of(bits.stream());
  }

  private static void addWord(String word, int base, BitSet bits) {
    int end = 0;
    while (end < word.length() && Character.digit(word.charAt(end), 16) >= 0) {
      end++;
    }
    for (int i = 0; i < end; i++) {
      int digit = Character.digit(word.charAt(end - 1 - i), 16);
      for (int bit = 0; bit < 4; bit++) {
        int cpu = base + i * 4 + bit;
        if ((digit >> bit & 1) == 1 && cpu < CpuSet.CPU_LIMIT) {
          bits.set(cpu);
        }
      }
    }
  }

  /** A list: numbers and ranges separated by commas. */
  static CpuSet list(String text) {
    CpuSet result = CpuSet.EMPTY;
    for (String part : text.strip().split(",", -1)) {
      result = result.union(listPart(part));
    }
    return result;
  }

  private static CpuSet listPart(String part) {
    try {
      return CpuSet.parse(part);
    } catch (IllegalArgumentException e) {
      return CpuSet.EMPTY;
    }
  }

  /** The number after the prefix ({@code cpu12}), or -1 when the name is not of that form. */
  static int indexAfter(String prefix, String name) {
    String digits = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
    if (digits.isEmpty() || digits.length() > 6 || !digits.chars().allMatch(CpuText::isDigit)) {
      return -1;
    }
    return Integer.parseInt(digits);
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }
}

package dev.ballast.core.search;

/** The SplitMix64 generator (Steele, Lea, Flood 2014): small, fast, the same on every machine. */
final class SplitMix {
  private long state;

  SplitMix(long seed) {
    this.state = seed;
  }

  long next() {
    long z = state += 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** Uniform below the bound (Lemire's multiplication; the bias is below 2^-32). */
  int below(int bound) {
    return (int) (((next() >>> 32) * bound) >>> 32);
  }

  /** Uniform in (0, 1]. */
  double nextDouble() {
    return ((next() >>> 11) + 1) * 0x1.0p-53;
  }
}

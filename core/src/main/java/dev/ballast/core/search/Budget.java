package dev.ballast.core.search;

import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/** How long a search may run. */
public sealed interface Budget {

  /** So many moves tried over all threads: the same result on each machine. */
  record Steps(long total) implements Budget {
    public Steps {
      if (total < 1) {
        throw new IllegalArgumentException("a search needs at least one step");
      }
    }
  }

  /** So much time on a clock that the caller gives: the result depends on the machine. */
  record Time(double seconds, LongSupplier nanoClock) implements Budget {
    public Time {
      if (!(seconds > 0)) {
        throw new IllegalArgumentException("a search needs some time");
      }
    }
  }

  /** A part of the whole run: from one share of it to another, 0 to 1. */
  record Slice(double from, double to) {
    /** The part-th of several equal parts of this slice. */
    Slice part(int part, int parts) {
      double each = (to - from) / parts;
      return new Slice(from + part * each, from + (part + 1) * each);
    }
  }

  /** How far an annealing that fills the slice on one of the threads is, 0 to 1. */
  default DoubleSupplier progress(
      Slice slice, int threads, long startNanos, LongSupplier stepsDone) {
    double share = slice.to() - slice.from();
    return switch (this) {
      case Steps steps -> {
        double own = Math.max(1, steps.total() * share / threads);
        yield () -> stepsDone.getAsLong() / own;
      }
      case Time time ->
          () -> {
            double now = (time.nanoClock().getAsLong() - startNanos) / 1e9 / time.seconds();
            return Math.max(0, now - slice.from()) / share;
          };
    };
  }

  /** The clock's reading now; 0 where there is no clock. */
  default long now() {
    return switch (this) {
      case Steps _ -> 0;
      case Time time -> time.nanoClock().getAsLong();
    };
  }
}

package dev.ballast.core.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects faults, of which it keeps a bounded number. */
final class Faults {
  /** At most so many faults are kept and told; the last one says how many more there are. */
  static final int FAULT_LIMIT = 1_000;

  // More than are told, so that those told are, but for hopeless input, the first by place.
  private static final int KEEP_LIMIT = 100 * FAULT_LIMIT;

  private final List<Fault> kept = new ArrayList<>();
  private long count;

  void add(Location at, String message) {
    add(Fault.at(at, message, Optional.empty()));
  }

  void add(Location at, String message, String hint) {
    add(Fault.at(at, message, Optional.of(hint)));
  }

  void add(Location at, String message, Optional<String> hint) {
    add(Fault.at(at, message, hint));
  }

  void addAll(List<Fault> faults) {
    faults.forEach(this::add);
  }

  private void add(Fault fault) {
    count++;
    if (kept.size() < KEEP_LIMIT) {
      kept.add(fault);
    }
  }

  /** How many faults there were, kept or not. */
  long count() {
    return count;
  }

  /** The faults sorted by place. */
  List<Fault> sorted() {
    List<Fault> sorted = kept.stream().sorted().toList();
    if (count <= FAULT_LIMIT) {
      return sorted;
    }
    List<Fault> told = new ArrayList<>(sorted.subList(0, FAULT_LIMIT - 1));
    Location last = told.getLast().location();
    long more = count - told.size();
    told.add(Fault.at(last, "and " + more + " more faults, not listed", Optional.empty()));
    return List.copyOf(told);
  }
}

package dev.ballast.core.plan;

import dev.ballast.core.model.VmName;
import java.util.List;
import java.util.Optional;

/**
 * Why something was decided, or was not: the reason, what it costs, what it is to gain, and what
 * was considered besides.
 *
 * @param vm the VM concerned; absent for a decision about a host
 * @param kind one of {@code place}, {@code repin}, {@code migrate}, {@code ksm}, {@code wait},
 *     {@code operator}
 * @param rejected the options not taken, each with its reason
 */
public record Decision(
    String kind,
    Optional<VmName> vm,
    String reason,
    String cost,
    String gain,
    List<String> rejected) {
  public Decision {
    rejected = List.copyOf(rejected);
  }
}

package dev.ballast.core.spec;

import dev.ballast.core.model.VmSpec;
import java.util.List;

/**
 * What the files say.
 *
 * @param vms every VM found, in the order of files and documents. With faults present they are fit
 *     for {@link SpecCheck} only, so that it finds further faults in the same run: a faulty value
 *     is replaced by a harmless one
 * @param faults sorted by place
 */
public record SpecResult(List<LocatedVm> vms, List<Fault> faults) {
  public SpecResult {
    vms = List.copyOf(vms);
    faults = List.copyOf(faults);
  }

  /**
   * The specifications.
   *
   * @throws IllegalStateException when there are faults
   */
  public List<VmSpec> specs() {
    if (!faults.isEmpty()) {
      throw new IllegalStateException("the specification has faults: " + faults.getFirst());
    }
    return vms.stream().map(LocatedVm::spec).toList();
  }
}

package dev.ballast.core.spec;

import dev.ballast.core.definition.DomainDefinition;
import dev.ballast.core.model.AdoptedDomain;
import dev.ballast.core.model.Automation;
import dev.ballast.core.model.BootSpec;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.CpuPolicy;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.RunState;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmResources;
import dev.ballast.core.model.VmSpec;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Specifications of VMs that keep the definitions with which they were found. */
public final class AdoptedSpec {
  private AdoptedSpec() {}

  /**
   * The VM as it is: on its host only, and with changes recommended but not made, until people
   * write otherwise.
   *
   * @param pins those to write into the specification
   * @throws IllegalArgumentException when no VM may have its name
   */
  public static VmSpec of(
      DomainDefinition kept, HostName host, RunState run, Optional<CpuPins> pins) {
    VmSpec written =
        new VmSpec(
            new VmName(kept.name()),
            kept.vcpus(),
            kept.memoryBytes(),
            CpuPolicy.SHARED,
            kept.type(),
            Optional.empty(),
            Optional.empty(),
            new BootSpec.Disk(),
            List.of(),
            List.of(),
            pins,
            new TreeSet<>(List.of(host)),
            new TreeSet<>(),
            run,
            Automation.RECOMMEND,
            new TreeMap<>());
    return completed(written, kept);
  }

  /** What is written, and what the definition says besides. */
  static VmSpec completed(VmSpec written, DomainDefinition kept) {
    return new VmSpec(
        written.name(),
        written.vcpus(),
        written.memoryBytes(),
        written.cpuPolicy(),
        kept.type(),
        kept.machine(),
        kept.emulatorPath(),
        kept.boot(),
        kept.disks(),
        kept.nics(),
        written.pins(),
        written.hosts(),
        written.antiAffinity(),
        written.run(),
        written.automation(),
        written.labels(),
        Optional.of(new AdoptedDomain(kept.uuid(), kept.xml())),
        written.limits(),
        written.rules(),
        kept.hugepageBytes().map(VmResources.NONE::withHugepages).orElse(VmResources.NONE));
  }
}

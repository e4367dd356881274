package dev.ballast.core.practice;

import java.util.List;
import java.util.TreeSet;

/** A VM has limits, so that one of many cannot take all. */
final class MissingLimitsRule extends VmRule {
  private static final List<String> WANTED = List.of("cpu", "disk", "network");

  @Override
  public String id() {
    return "BL007";
  }

  @Override
  public String title() {
    return "limits";
  }

  @Override
  public String why() {
    return "Without limits one VM that runs wild takes CPUs, disk and network from all others.";
  }

  @Override
  List<Finding> examine(Subject subject) {
    TreeSet<String> missing = new TreeSet<>(WANTED);
    missing.removeAll(subject.setup().limits());
    if (subject.setup().disks().isEmpty()) {
      missing.remove("disk");
    }
    if (subject.setup().nics().isEmpty()) {
      missing.remove("network");
    }
    // Alone on its host it takes nothing from anybody.
    if (missing.isEmpty() || subject.host().domains().size() < 2) {
      return List.of();
    }
    String vm = subject.vm().value();
    return List.of(
        finding(
            subject,
            Severity.INFO,
            "limits",
            "has no limit of " + String.join(", ", missing),
            subject.spec().isPresent()
                ? "limits: in its specification, or ballast limit " + vm
                : "virsh schedinfo, blkdeviotune and domiftune " + vm + " --live --config"));
  }
}

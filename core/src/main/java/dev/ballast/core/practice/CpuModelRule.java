package dev.ballast.core.practice;

import dev.ballast.core.model.HostInventory;
import dev.ballast.core.model.HostView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** host-passthrough where all CPUs are equal, and nowhere else. */
final class CpuModelRule extends VmRule {
  private static final int NAMED_LIMIT = 5;
  private static final String PASSTHROUGH = "host-passthrough";

  @Override
  public String id() {
    return "BL002";
  }

  @Override
  public String title() {
    return "CPU model fits the cluster";
  }

  @Override
  public String why() {
    return "host-passthrough gives a guest all its host's CPU can do, and ties it to hosts with an"
        + " equal CPU.";
  }

  @Override
  public boolean comparesHosts() {
    return true;
  }

  @Override
  List<Finding> examine(Subject subject) {
    List<HostView> others = subject.otherHosts();
    if (others.isEmpty() || !subject.setup().type().equals("kvm")) {
      return List.of();
    }
    List<String> different = new ArrayList<>();
    for (HostView other : others) {
      difference(subject.host().inventory(), other.inventory())
          .ifPresent(text -> different.add(other.name() + " (" + text + ")"));
    }
    boolean passthrough = subject.setup().cpuMode().equals(PASSTHROUGH);
    if (passthrough && !different.isEmpty()) {
      return List.of(
          finding(
              subject,
              Severity.WARNING,
              "cpu",
              "is host-passthrough, but other CPUs have "
                  + String.join(", ", different.stream().limit(NAMED_LIMIT).toList()),
              subject.edit("<cpu mode='host-model'/>")));
    }
    // What Ballast renders is its own choice.
    if (!passthrough && different.isEmpty() && subject.domain().specDigest().isEmpty()) {
      return List.of(
          finding(
              subject,
              Severity.INFO,
              "cpu",
              "is " + mode(subject.setup().cpuMode()) + " although all hosts' CPUs are equal",
              subject.edit("<cpu mode='host-passthrough'/>")));
    }
    return List.of();
  }

  private static String mode(String mode) {
    return mode.isEmpty() ? "QEMU's least model" : mode;
  }

  private static Optional<String> difference(HostInventory own, HostInventory other) {
    if (!own.cpuModel().equals(other.cpuModel())) {
      return Optional.of(other.cpuModel());
    }
    TreeSet<String> missing = new TreeSet<>(own.cpuFlags());
    missing.removeAll(other.cpuFlags());
    TreeSet<String> more = new TreeSet<>(other.cpuFlags());
    more.removeAll(own.cpuFlags());
    if (missing.isEmpty() && more.isEmpty()) {
      return Optional.empty();
    }
    TreeSet<String> named = missing.isEmpty() ? more : missing;
    return Optional.of(
        (missing.isEmpty() ? "also " : "without ")
            + String.join(" ", named.stream().limit(NAMED_LIMIT).toList()));
  }
}

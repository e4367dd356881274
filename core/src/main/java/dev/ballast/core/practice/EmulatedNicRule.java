package dev.ballast.core.practice;

import dev.ballast.core.model.NicSetup;
import java.util.List;

/** Network cards are virtio, not emulated hardware. */
final class EmulatedNicRule extends VmRule {
  @Override
  public String id() {
    return "BL005";
  }

  @Override
  public String title() {
    return "no emulated network card";
  }

  @Override
  public String why() {
    return "An emulated card costs the host a CPU for what virtio does in passing.";
  }

  @Override
  List<Finding> examine(Subject subject) {
    return subject.setup().nics().stream()
        .filter(nic -> !nic.model().startsWith("virtio"))
        .map(nic -> finding(subject, nic))
        .toList();
  }

  private Finding finding(Subject subject, NicSetup nic) {
    String model = nic.model().isEmpty() ? "QEMU's default" : nic.model();
    return finding(
        subject,
        Severity.WARNING,
        "interface " + nic.mac() + " model",
        "is emulated (" + model + ")",
        subject.edit("<model type='virtio'/> of " + nic.mac()));
  }
}

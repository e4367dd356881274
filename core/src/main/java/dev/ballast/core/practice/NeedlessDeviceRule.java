package dev.ballast.core.practice;

import java.util.List;

/** A server has no graphics, sound, tablet or USB. */
final class NeedlessDeviceRule extends VmRule {
  @Override
  public String id() {
    return "BL006";
  }

  @Override
  public String title() {
    return "no needless devices";
  }

  @Override
  public String why() {
    return "Each takes memory and wake-ups of QEMU, and is code that a guest can attack.";
  }

  @Override
  List<Finding> examine(Subject subject) {
    if (subject.setup().needless().isEmpty()) {
      return List.of();
    }
    String devices = String.join(", ", subject.setup().needless());
    return List.of(
        finding(
            subject,
            Severity.INFO,
            "devices",
            "has " + devices,
            subject.edit(
                "remove what is not used, with a serial console instead of graphics; a USB"
                    + " controller by <controller type='usb' model='none'/>")));
  }
}

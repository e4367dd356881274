package dev.ballast.agent.host.storage;

import java.util.List;

/** The formats of disks. */
final class Formats {
  static final String QCOW2 = "qcow2";
  static final String RAW = "raw";
  static final List<String> ALL = List.of(QCOW2, RAW);

  private Formats() {}
}

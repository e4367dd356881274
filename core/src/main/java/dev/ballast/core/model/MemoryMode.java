package dev.ballast.core.model;

/** How a VM's memory keeps to NUMA nodes. */
public enum MemoryMode {
  /** By control groups, so that memory can follow a running VM to other nodes. */
  RESTRICTIVE("restrictive"),
  /** Taken from these nodes or not at all; never follows. */
  STRICT("strict"),
  /** From one node as long as it has some. */
  PREFERRED("preferred"),
  /** Page by page from each of them. */
  INTERLEAVE("interleave"),
  /** As the kernel thinks fit. */
  NONE("none");

  private final String word;

  MemoryMode(String word) {
    this.word = word;
  }

  /** libvirt's own word. */
  public String word() {
    return word;
  }
}

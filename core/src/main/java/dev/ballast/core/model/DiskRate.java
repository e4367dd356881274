package dev.ballast.core.model;

/** What of a disk is limited a second. */
public enum DiskRate {
  IOPS("iops", "total_iops_sec"),
  READ_IOPS("read-iops", "read_iops_sec"),
  WRITE_IOPS("write-iops", "write_iops_sec"),
  BYTES("bytes", "total_bytes_sec"),
  READ_BYTES("read-bytes", "read_bytes_sec"),
  WRITE_BYTES("write-bytes", "write_bytes_sec");

  private final String word;
  private final String element;

  DiskRate(String word, String element) {
    this.word = word;
    this.element = element;
  }

  /** As people write it. */
  public String word() {
    return word;
  }

  /** What libvirt calls it, as an element of the XML and as a parameter. */
  public String element() {
    return element;
  }

  /** What libvirt calls its burst. */
  public String burstElement() {
    return element + "_max";
  }

  /** What libvirt calls the seconds of its burst. */
  public String secondsElement() {
    return element + "_max_length";
  }

  /** Whether it is told as a size. */
  public boolean isSize() {
    return this == BYTES || this == READ_BYTES || this == WRITE_BYTES;
  }
}

package dev.ballast.wire;

/** The bounds of what the contract carries. */
public final class WireLimits {
  /** The largest message that the coordinator takes from, or sends to, an operator. */
  public static final int OPERATOR_MESSAGE_BYTES = 16 * 1024 * 1024;

  /** The largest message on an agent's stream, either way. */
  public static final int AGENT_MESSAGE_BYTES = 4 * 1024 * 1024;

  /** The longest domain XML, in UTF-8. */
  public static final int XML_BYTES = 1024 * 1024;

  /** The largest file of a specification, in UTF-8. */
  public static final int SPEC_FILE_BYTES = 1024 * 1024;

  /** The most files that one plan is made from. */
  public static final int SPEC_FILES = 10_000;

  /** The most vCPUs of a domain. */
  public static final int VCPUS = 4_096;

  /** The most domains of a host. */
  public static final int DOMAINS = 10_000;

  /** The longest path, uuid, digest or other short text, in characters. */
  public static final int SHORT_TEXT_CHARACTERS = 4_096;

  /** The longest list of CPUs as text: every second CPU of the highest possible number. */
  public static final int CPU_LIST_CHARACTERS = 32 * 1024;

  /** The most entries of any other list. */
  public static final int LIST_ENTRIES = 100_000;

  private WireLimits() {}
}

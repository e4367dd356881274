package dev.ballast.core.model;

/**
 * How a VM uses its host.
 *
 * @param memoryMode how its memory keeps to the NUMA nodes of its vCPUs
 * @param iothreads threads that serve its disks apart from the emulator, 0 to {@link
 *     #IOTHREAD_LIMIT}; pinned where the emulator is
 * @param guestAgent whether it has the channel of QEMU's guest agent, by which its clock is set
 *     after a migration
 * @param sharePages whether KSM may merge its pages with others'; takes effect at the next start
 */
public record VmTuning(
    MemoryMode memoryMode, int iothreads, boolean sharePages, boolean guestAgent) {
  /** More would only wait for each other. */
  public static final int IOTHREAD_LIMIT = 16;

  /** What holds where nobody says otherwise. */
  public static final VmTuning DEFAULT = new VmTuning(MemoryMode.RESTRICTIVE, 0, true, false);

  public VmTuning {
    if (iothreads < 0 || iothreads > IOTHREAD_LIMIT) {
      throw new IllegalArgumentException(
          "a VM has 0 to " + IOTHREAD_LIMIT + " I/O threads, not " + iothreads);
    }
  }
}

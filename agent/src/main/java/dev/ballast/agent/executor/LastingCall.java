package dev.ballast.agent.executor;

import dev.ballast.agent.host.libvirt.LibvirtFault;
import dev.ballast.agent.host.libvirt.RunningCall;
import java.time.Duration;

/** Waits for a call of libvirt's that takes as long as a guest's memory is large. */
final class LastingCall {
  /** How often it looks whether libvirt has answered. */
  static final Duration POLL = Duration.ofMillis(100);

  /** After so long it is unknown what becomes of it. */
  static final Duration LIMIT = Duration.ofMinutes(15);

  private LastingCall() {}

  /**
   * Returns when libvirt has done it.
   *
   * @throws LibvirtFault why not, or that it has not answered in time
   */
  static void await(RunningCall call, Waiting waiting) throws LibvirtFault, InterruptedException {
    long start = waiting.nanos();
    while (!call.ended() && waiting.nanos() - start < LIMIT.toNanos()) {
      waiting.pause(POLL);
    }
    call.result();
  }
}

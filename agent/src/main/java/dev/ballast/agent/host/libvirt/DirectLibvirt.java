package dev.ballast.agent.host.libvirt;

import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import org.jspecify.annotations.Nullable;

/** The calls of libvirt that libvirt-java lacks, mapped directly. */
final class DirectLibvirt {
  /** VIR_DOMAIN_AFFECT_LIVE. */
  static final int AFFECT_LIVE = 1;

  /** VIR_DOMAIN_AFFECT_CONFIG. */
  static final int AFFECT_CONFIG = 2;

  /** VIR_DOMAIN_CONTROL_OK. */
  static final int CONTROL_OK = 0;

  static {
    Native.register(DirectLibvirt.class, "virt");
  }

  private DirectLibvirt() {}

  static native @Nullable Pointer virDomainLookupByName(Pointer connect, String name);

  static native int virDomainFree(Pointer domain);

  static native int virDomainPinVcpuFlags(
      Pointer domain, int vcpu, byte[] cpumap, int maplen, int flags);

  static native int virDomainPinEmulator(Pointer domain, byte[] cpumap, int maplen, int flags);

  /** {@code params} are {@link TypedParameters#bytes}, here and below. */
  static native int virDomainSetSchedulerParametersFlags(
      Pointer domain, byte[] params, int count, int flags);

  static native int virDomainSetMemoryParameters(
      Pointer domain, byte[] params, int count, int flags);

  static native int virDomainPinIOThread(
      Pointer domain, int iothread, byte[] cpumap, int maplen, int flags);

  static native int virDomainSetNumaParameters(Pointer domain, byte[] params, int count, int flags);

  static native int virDomainSetTime(Pointer domain, long seconds, int nanoseconds, int flags);

  /** What the guest's agent says: its {@code seconds} since 1970, and {@code nanoseconds}. */
  static native int virDomainGetTime(
      Pointer domain, LongByReference seconds, IntByReference nanoseconds, int flags);

  static native int virDomainMigrateStartPostCopy(Pointer domain, int flags);

  static native int virDomainSetBlkioParameters(
      Pointer domain, byte[] params, int count, int flags);

  static native int virDomainSetMemoryFlags(Pointer domain, NativeLong kib, int flags);

  static native int virDomainSetBlockIoTune(
      Pointer domain, String disk, byte[] params, int count, int flags);

  static native int virDomainSetInterfaceParameters(
      Pointer domain, String device, byte[] params, int count, int flags);

  /** {@code info} receives state, details and milliseconds since: 4, 4 and 8 bytes. */
  static native int virDomainGetControlInfo(Pointer domain, byte[] info, int flags);

  /** {@code state} and {@code reason} receive one number each. */
  static native int virDomainGetState(Pointer domain, int[] state, int[] reason, int flags);

  /** Of the calling thread. */
  static native @Nullable String virGetLastErrorMessage();
}

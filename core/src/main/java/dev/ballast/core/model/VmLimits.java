package dev.ballast.core.model;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * How much of its host a VM may take at most, and its weight among others. What has no limit is
 * absent, so that equal limits are equal records. There is no hard memory limit: it would kill the
 * VM.
 *
 * @param cpuWeight 1 to 10000; 100 is the default
 * @param vcpuQuota of each vCPU
 * @param emulatorQuota of QEMU's own threads
 * @param globalQuota of the whole VM; no other quota exceeds it
 * @param memorySoftBytes what the host takes back above it when memory is short (cgroup version 1),
 *     or throttles above it (version 2, {@code memory.high})
 * @param balloonBytes what the guest is to keep of its memory
 * @param disks by the target's name, {@code vda}
 * @param nics by their order in the specification, from 0
 */
public record VmLimits(
    int cpuWeight,
    Optional<CpuQuota> vcpuQuota,
    Optional<CpuQuota> emulatorQuota,
    Optional<CpuQuota> globalQuota,
    Optional<Long> memorySoftBytes,
    Optional<Long> balloonBytes,
    SortedMap<String, DiskLimits> disks,
    SortedMap<Integer, NicLimits> nics) {
  /** No limit, the default weight. */
  public static final VmLimits NONE =
      new VmLimits(
          CpuWeight.DEFAULT,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          new TreeMap<>(),
          new TreeMap<>());

  private static final int LETTERS = 26;

  public VmLimits {
    if (cpuWeight < CpuWeight.MIN || cpuWeight > CpuWeight.MAX) {
      throw new IllegalArgumentException(
          "a CPU weight is " + CpuWeight.MIN + " to " + CpuWeight.MAX + ", not " + cpuWeight);
    }
    disks = without(disks, DiskLimits.NONE);
    nics = without(nics, NicLimits.NONE);
  }

  private static <K, V> SortedMap<K, V> without(Map<K, V> limits, V none) {
    SortedMap<K, V> kept = new TreeMap<>(limits);
    kept.values().removeIf(none::equals);
    return Collections.unmodifiableSortedMap(kept);
  }

  /** The same but for the CPU's. */
  public VmLimits withCpu(
      int weight, Optional<CpuQuota> vcpu, Optional<CpuQuota> emulator, Optional<CpuQuota> global) {
    return new VmLimits(weight, vcpu, emulator, global, memorySoftBytes, balloonBytes, disks, nics);
  }

  /** The same but for the memory's. */
  public VmLimits withMemory(Optional<Long> softBytes, Optional<Long> newBalloonBytes) {
    return new VmLimits(
        cpuWeight, vcpuQuota, emulatorQuota, globalQuota, softBytes, newBalloonBytes, disks, nics);
  }

  /** The same but for the devices'. */
  public VmLimits withDevices(Map<String, DiskLimits> newDisks, Map<Integer, NicLimits> newNics) {
    return new VmLimits(
        cpuWeight,
        vcpuQuota,
        emulatorQuota,
        globalQuota,
        memorySoftBytes,
        balloonBytes,
        new TreeMap<>(newDisks),
        new TreeMap<>(newNics));
  }

  /**
   * As a running domain can be seen to have them: the balloon tells how far the guest has followed,
   * not what was asked of it.
   */
  public VmLimits withoutBalloon() {
    return withMemory(memorySoftBytes, Optional.empty());
  }

  /** The quota that exceeds the one of the whole VM, which the kernel refuses. */
  public Optional<CpuQuota> quotaAboveGlobal() {
    return globalQuota.flatMap(
        global ->
            vcpuQuota
                .filter(q -> q.exceeds(global))
                .or(() -> emulatorQuota.filter(q -> q.exceeds(global))));
  }

  /** The targets' names of that many virtio disks: vda, vdb, … vdz, vdaa. */
  public static List<String> diskNames(int count) {
    return IntStream.range(0, count).mapToObj(i -> "vd" + letters(i)).toList();
  }

  private static String letters(int index) {
    String last = Character.toString('a' + index % LETTERS);
    return index < LETTERS ? last : letters(index / LETTERS - 1) + last;
  }

  /** What differs from the default, by field, for people. */
  public SortedMap<String, String> words() {
    return LimitText.words(this);
  }

  @Override
  public String toString() {
    SortedMap<String, String> words = words();
    if (words.isEmpty()) {
      return "no limits";
    }
    StringBuilder text = new StringBuilder();
    words.forEach(
        (field, value) ->
            text.append(text.isEmpty() ? "" : ", ").append(field).append(' ').append(value));
    return text.toString();
  }
}

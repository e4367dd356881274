package dev.ballast.core.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How much of its host a VM may take at most, and its weight among others. What has no limit is
 * absent, so that equal limits are equal records.
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
 * @param iothreadQuota of each I/O thread
 * @param cap what the memory never exceeds
 * @param blkioWeight among those who use the host's disks, 10 to 1000; needs the BFQ scheduler
 */
@RecordBuilder
public record VmLimits(
    int cpuWeight,
    Optional<CpuQuota> vcpuQuota,
    Optional<CpuQuota> emulatorQuota,
    Optional<CpuQuota> globalQuota,
    Optional<Long> memorySoftBytes,
    Optional<Long> balloonBytes,
    SortedMap<String, DiskLimits> disks,
    SortedMap<Integer, NicLimits> nics,
    Optional<CpuQuota> iothreadQuota,
    MemoryCap cap,
    Optional<Integer> blkioWeight)
    implements VmLimitsBuilder.With {
  /** The range of weights among those who use the host's disks. */
  public static final int MIN_BLKIO_WEIGHT = 10;

  public static final int MAX_BLKIO_WEIGHT = 1_000;

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
    if (blkioWeight.isPresent()
        && (blkioWeight.get() < MIN_BLKIO_WEIGHT || blkioWeight.get() > MAX_BLKIO_WEIGHT)) {
      throw new IllegalArgumentException(
          "a blkio weight is "
              + MIN_BLKIO_WEIGHT
              + " to "
              + MAX_BLKIO_WEIGHT
              + ", not "
              + blkioWeight.get());
    }
    disks = without(disks, DiskLimits.NONE);
    nics = without(nics, NicLimits.NONE);
  }

  /** Limits without a quota of I/O threads, a cap of memory and a blkio weight. */
  public VmLimits(
      int cpuWeight,
      Optional<CpuQuota> vcpuQuota,
      Optional<CpuQuota> emulatorQuota,
      Optional<CpuQuota> globalQuota,
      Optional<Long> memorySoftBytes,
      Optional<Long> balloonBytes,
      SortedMap<String, DiskLimits> disks,
      SortedMap<Integer, NicLimits> nics) {
    this(
        cpuWeight,
        vcpuQuota,
        emulatorQuota,
        globalQuota,
        memorySoftBytes,
        balloonBytes,
        disks,
        nics,
        Optional.empty(),
        MemoryCap.NONE,
        Optional.empty());
  }

  private static <K, V> SortedMap<K, V> without(Map<K, V> limits, V none) {
    SortedMap<K, V> kept = new TreeMap<>(limits);
    kept.values().removeIf(none::equals);
    return Collections.unmodifiableSortedMap(kept);
  }

  /** The same but for weight and quotas of vCPUs, emulator and the whole. */
  public VmLimits withCpu(
      int weight, Optional<CpuQuota> vcpu, Optional<CpuQuota> emulator, Optional<CpuQuota> global) {
    return VmLimitsBuilder.builder(this)
        .cpuWeight(weight)
        .vcpuQuota(vcpu)
        .emulatorQuota(emulator)
        .globalQuota(global)
        .build();
  }

  /** The same but for the memory's. */
  public VmLimits withMemory(Optional<Long> softBytes, Optional<Long> newBalloonBytes) {
    return VmLimitsBuilder.builder(this)
        .memorySoftBytes(softBytes)
        .balloonBytes(newBalloonBytes)
        .build();
  }

  /** The same but for the devices'. */
  public VmLimits withDevices(Map<String, DiskLimits> newDisks, Map<Integer, NicLimits> newNics) {
    return VmLimitsBuilder.builder(this)
        .disks(new TreeMap<>(newDisks))
        .nics(new TreeMap<>(newNics))
        .build();
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
            Stream.of(vcpuQuota, emulatorQuota, iothreadQuota)
                .flatMap(Optional::stream)
                .filter(quota -> quota.exceeds(global))
                .findFirst());
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

package dev.ballast.wire;

import dev.ballast.core.model.CpuQuota;
import dev.ballast.core.model.DiskBurst;
import dev.ballast.core.model.DiskLimits;
import dev.ballast.core.model.DiskRate;
import dev.ballast.core.model.MemoryCap;
import dev.ballast.core.model.NicLimits;
import dev.ballast.core.model.NicRate;
import dev.ballast.core.model.VmLimits;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Any limits. */
final class LimitSamples {
  private LimitSamples() {}

  static Arbitrary<VmLimits> limits() {
    Arbitrary<Long> bytes = Arbitraries.longs().between(0, 1L << 46);
    return Combinators.combine(
            Arbitraries.integers().between(1, 10_000),
            quotas().optional(),
            quotas().optional(),
            quotas().optional(),
            bytes.optional().tuple2(),
            Arbitraries.maps(Arbitraries.of("vda", "vdb", "sda"), disks()).ofMaxSize(3),
            Arbitraries.maps(Arbitraries.integers().between(0, 15), nics()).ofMaxSize(3))
        .as(
            (weight, vcpu, emulator, global, memory, disks, nics) ->
                new VmLimits(
                        weight,
                        vcpu,
                        emulator,
                        global,
                        memory.get1(),
                        memory.get2(),
                        new TreeMap<>(disks),
                        new TreeMap<>(nics))
                    .withIothreadQuota(emulator)
                    .withCap(new MemoryCap(memory.get2(), memory.get1()))
                    .withBlkioWeight(
                        weight >= VmLimits.MIN_BLKIO_WEIGHT && weight <= VmLimits.MAX_BLKIO_WEIGHT
                            ? Optional.of(weight)
                            : Optional.empty()));
  }

  private static Arbitrary<CpuQuota> quotas() {
    return Combinators.combine(
            Arbitraries.longs().between(1_000, 1_000_000_000),
            Arbitraries.longs().between(1_000, 1_000_000))
        .as(CpuQuota::new);
  }

  private static Arbitrary<DiskLimits> disks() {
    Arbitrary<Long> limits = Arbitraries.longs().between(0, DiskLimits.MAX / 200);
    return Combinators.combine(limits, limits, limits, Arbitraries.of(true, false))
        .as(
            (a, b, c, total) ->
                total
                    ? new DiskLimits(a, 0, 0, 0, b, c, bursts(DiskRate.IOPS, a))
                    : new DiskLimits(0, a, b, c, 0, 0, bursts(DiskRate.BYTES, c)));
  }

  private static SortedMap<DiskRate, DiskBurst> bursts(DiskRate rate, long limit) {
    SortedMap<DiskRate, DiskBurst> bursts = new TreeMap<>();
    if (limit > 0) {
      bursts.put(rate, new DiskBurst(limit + 1, 1 + limit % 100));
    }
    return bursts;
  }

  private static Arbitrary<NicLimits> nics() {
    return Combinators.combine(rates().optional(), rates().optional()).as(NicLimits::new);
  }

  private static Arbitrary<NicRate> rates() {
    Arbitrary<Long> others = Arbitraries.longs().between(0, NicRate.MAX_KIB);
    return Combinators.combine(Arbitraries.longs().between(1, NicRate.MAX_KIB), others, others)
        .as(NicRate::new);
  }
}

package dev.ballast.agent.executor;

import dev.ballast.agent.host.libvirt.Tuning;
import dev.ballast.core.model.CpuQuota;
import dev.ballast.core.model.DiskLimits;
import dev.ballast.core.model.LimitText;
import dev.ballast.core.model.MemoryCap;
import dev.ballast.core.model.MemoryMode;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.model.NicLimits;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.topology.CpuSet;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Limits within an undo record. */
final class TuningCodec {
  /** More devices than any domain has. */
  private static final int DEVICE_LIMIT = 10_000;

  private TuningCodec() {}

  static void write(DataOutputStream out, Optional<Tuning> tuning) throws IOException {
    out.writeBoolean(tuning.isPresent());
    if (tuning.isEmpty()) {
      return;
    }
    VmLimits limits = tuning.get().limits();
    out.writeInt(limits.cpuWeight());
    number(out, tuning.get().shares());
    out.writeLong(tuning.get().memoryBytes());
    quota(out, limits.vcpuQuota());
    quota(out, limits.emulatorQuota());
    quota(out, limits.globalQuota());
    number(out, limits.memorySoftBytes());
    number(out, limits.balloonBytes());
    out.writeInt(limits.disks().size());
    for (var disk : limits.disks().entrySet()) {
      out.writeUTF(disk.getKey());
      out.writeUTF(LimitText.of(disk.getValue()));
    }
    out.writeInt(limits.nics().size());
    for (var nic : limits.nics().entrySet()) {
      out.writeInt(nic.getKey());
      out.writeUTF(LimitText.of(nic.getValue()));
    }
    texts(out, tuning.get().disks());
    texts(out, tuning.get().nics());
    quota(out, limits.iothreadQuota());
    number(out, limits.cap().hardBytes());
    number(out, limits.cap().swapBytes());
    number(out, limits.blkioWeight().map(Integer::longValue));
    out.writeUTF(tuning.get().memory().map(m -> m.mode().name()).orElse(""));
    out.writeUTF(tuning.get().memory().map(m -> m.nodes().toString()).orElse(""));
    out.writeInt(tuning.get().iothreads().size());
    for (var thread : tuning.get().iothreads().entrySet()) {
      out.writeInt(thread.getKey());
      out.writeUTF(thread.getValue().toString());
    }
    out.writeUTF(tuning.get().tied());
  }

  static Optional<Tuning> read(DataInputStream in) throws IOException {
    // A record of an agent that knew no limits ends here.
    if (in.available() == 0 || !in.readBoolean()) {
      return Optional.empty();
    }
    int weight = in.readInt();
    Optional<Long> shares = number(in);
    long memoryBytes = in.readLong();
    Optional<CpuQuota> vcpu = quota(in);
    Optional<CpuQuota> emulator = quota(in);
    Optional<CpuQuota> global = quota(in);
    Optional<Long> soft = number(in);
    Optional<Long> balloon = number(in);
    TreeMap<String, DiskLimits> disks = new TreeMap<>();
    for (int i = count(in); i > 0; i--) {
      disks.put(in.readUTF(), LimitText.disk(in.readUTF()));
    }
    TreeMap<Integer, NicLimits> nics = new TreeMap<>();
    for (int i = count(in); i > 0; i--) {
      nics.put(in.readInt(), LimitText.nic(in.readUTF()));
    }
    VmLimits limits = new VmLimits(weight, vcpu, emulator, global, soft, balloon, disks, nics);
    List<String> targets = texts(in);
    List<String> macs = texts(in);
    VmLimits all =
        limits
            .withIothreadQuota(quota(in))
            .withCap(new MemoryCap(number(in), number(in)))
            .withBlkioWeight(number(in).map(Long::intValue));
    String mode = in.readUTF();
    String nodes = in.readUTF();
    Optional<MemoryNodes> memory =
        mode.isEmpty()
            ? Optional.empty()
            : Optional.of(new MemoryNodes(MemoryMode.valueOf(mode), CpuSet.parse(nodes)));
    TreeMap<Integer, CpuSet> iothreads = new TreeMap<>();
    for (int i = count(in); i > 0; i--) {
      iothreads.put(in.readInt(), CpuSet.parse(in.readUTF()));
    }
    return Optional.of(
        new Tuning(all, shares, memoryBytes, targets, macs, memory, iothreads, in.readUTF()));
  }

  private static void number(DataOutputStream out, Optional<Long> number) throws IOException {
    out.writeBoolean(number.isPresent());
    out.writeLong(number.orElse(0L));
  }

  private static Optional<Long> number(DataInputStream in) throws IOException {
    boolean present = in.readBoolean();
    long number = in.readLong();
    return present ? Optional.of(number) : Optional.empty();
  }

  private static void quota(DataOutputStream out, Optional<CpuQuota> quota) throws IOException {
    out.writeBoolean(quota.isPresent());
    out.writeLong(quota.map(CpuQuota::quotaMicros).orElse(0L));
    out.writeLong(quota.map(CpuQuota::periodMicros).orElse(0L));
  }

  private static Optional<CpuQuota> quota(DataInputStream in) throws IOException {
    boolean present = in.readBoolean();
    long quota = in.readLong();
    long period = in.readLong();
    return present ? Optional.of(new CpuQuota(quota, period)) : Optional.empty();
  }

  private static void texts(DataOutputStream out, List<String> texts) throws IOException {
    out.writeInt(texts.size());
    for (String text : texts) {
      out.writeUTF(text);
    }
  }

  private static List<String> texts(DataInputStream in) throws IOException {
    List<String> texts = new ArrayList<>();
    for (int i = count(in); i > 0; i--) {
      texts.add(in.readUTF());
    }
    return texts;
  }

  private static int count(DataInputStream in) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > DEVICE_LIMIT) {
      throw new IOException(count + " devices");
    }
    return count;
  }
}

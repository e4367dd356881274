package dev.ballast.wire;

import dev.ballast.core.action.Final;
import dev.ballast.core.action.Reversible;
import dev.ballast.core.model.KsmLoad;
import dev.ballast.core.model.MemoryMode;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.model.VmTuning;
import dev.ballast.v1.SetGuestTime;
import dev.ballast.v1.SetMemoryNodes;
import dev.ballast.v1.StoredTuning;
import java.util.Optional;

/** Where VMs' memory lies, and how they use their host. */
final class MemoryCodec {
  private MemoryCodec() {}

  static dev.ballast.v1.MemoryNodes toProto(MemoryNodes nodes) {
    return dev.ballast.v1.MemoryNodes.newBuilder()
        .setMode(toProto(nodes.mode()))
        .setNodes(nodes.nodes().toString())
        .build();
  }

  static MemoryNodes nodes(dev.ballast.v1.MemoryNodes p, At at) {
    MemoryMode mode = mode(p.getMode(), at.field("mode"));
    var nodes = at.cpus("nodes", p.getNodes());
    return at.make(() -> new MemoryNodes(mode, nodes));
  }

  static SetMemoryNodes toProto(Reversible.SetMemoryNodes set) {
    SetMemoryNodes.Builder result =
        SetMemoryNodes.newBuilder().setVm(set.vm().value()).setTo(toProto(set.to()));
    set.from().map(MemoryCodec::toProto).ifPresent(result::setFrom);
    return result.build();
  }

  static Reversible.SetMemoryNodes setMemoryNodes(SetMemoryNodes p, At at) {
    return new Reversible.SetMemoryNodes(
        at.vm("vm", p.getVm()),
        at.optional("from", p.hasFrom(), p.getFrom(), MemoryCodec::nodes),
        at.required("to", p.hasTo(), p.getTo(), MemoryCodec::nodes));
  }

  static dev.ballast.v1.KsmLoad toProto(KsmLoad ksm) {
    dev.ballast.v1.KsmLoad.Builder result =
        dev.ballast.v1.KsmLoad.newBuilder().setSavedBytes(ksm.savedBytes());
    ksm.profitBytes().ifPresent(result::setProfitBytes);
    ksm.scannerMillis().ifPresent(result::setScannerMillis);
    ksm.leastFreeBytes().ifPresent(result::setLeastFreeBytes);
    return result.build();
  }

  static KsmLoad ksmLoad(dev.ballast.v1.KsmLoad p, At at) {
    return new KsmLoad(
        at.natural("saved_bytes", p.getSavedBytes()),
        p.hasProfitBytes() ? Optional.of(p.getProfitBytes()) : Optional.empty(),
        p.hasScannerMillis()
            ? Optional.of(at.natural("scanner_millis", p.getScannerMillis()))
            : Optional.empty(),
        p.hasLeastFreeBytes()
            ? Optional.of(at.natural("least_free_bytes", p.getLeastFreeBytes()))
            : Optional.empty());
  }

  static SetGuestTime toProto(Final.SetGuestTime set) {
    return SetGuestTime.newBuilder().setVm(set.vm().value()).build();
  }

  static StoredTuning toProto(VmTuning tuning) {
    return StoredTuning.newBuilder()
        .setMemoryMode(toProto(tuning.memoryMode()))
        .setIothreads(tuning.iothreads())
        .setSharePages(tuning.sharePages())
        .setGuestAgent(tuning.guestAgent())
        .build();
  }

  static VmTuning tuning(StoredTuning p, At at) {
    MemoryMode mode = mode(p.getMemoryMode(), at.field("memory_mode"));
    return at.make(
        () -> new VmTuning(mode, p.getIothreads(), p.getSharePages(), p.getGuestAgent()));
  }

  private static dev.ballast.v1.MemoryMode toProto(MemoryMode mode) {
    return switch (mode) {
      case RESTRICTIVE -> dev.ballast.v1.MemoryMode.MEMORY_MODE_RESTRICTIVE;
      case STRICT -> dev.ballast.v1.MemoryMode.MEMORY_MODE_STRICT;
      case PREFERRED -> dev.ballast.v1.MemoryMode.MEMORY_MODE_PREFERRED;
      case INTERLEAVE -> dev.ballast.v1.MemoryMode.MEMORY_MODE_INTERLEAVE;
      case NONE -> dev.ballast.v1.MemoryMode.MEMORY_MODE_NONE;
    };
  }

  private static MemoryMode mode(dev.ballast.v1.MemoryMode mode, At at) {
    return switch (mode) {
      case MEMORY_MODE_RESTRICTIVE -> MemoryMode.RESTRICTIVE;
      case MEMORY_MODE_STRICT -> MemoryMode.STRICT;
      case MEMORY_MODE_PREFERRED -> MemoryMode.PREFERRED;
      case MEMORY_MODE_INTERLEAVE -> MemoryMode.INTERLEAVE;
      case MEMORY_MODE_NONE -> MemoryMode.NONE;
      case MEMORY_MODE_UNSPECIFIED, UNRECOGNIZED -> throw at.fault("unknown mode of memory");
    };
  }
}

package dev.ballast.wire;

import dev.ballast.core.action.Final;
import dev.ballast.core.action.Reversible;
import dev.ballast.core.model.DomainSnapshot;
import dev.ballast.core.model.Trash;
import dev.ballast.core.model.Trash.Discarded;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VolumeFile;
import dev.ballast.v1.DeleteSnapshot;
import dev.ballast.v1.GrowVolume;
import dev.ballast.v1.PurgeTrash;
import dev.ballast.v1.RevertSnapshot;
import dev.ballast.v1.TakeSnapshot;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Snapshots of domains, the growth of volumes, and the trash of hosts. */
final class StorageActionCodec {
  private StorageActionCodec() {}

  static GrowVolume toProto(Final.GrowVolume grow) {
    return GrowVolume.newBuilder().setVolume(StoredFileCodec.toProto(grow.volume())).build();
  }

  static Final.GrowVolume grow(GrowVolume p, At at) {
    VolumeFile volume =
        at.required("volume", p.hasVolume(), p.getVolume(), StoredFileCodec::volume);
    return at.make(() -> new Final.GrowVolume(volume));
  }

  static TakeSnapshot toProto(Reversible.TakeSnapshot take) {
    return TakeSnapshot.newBuilder().setVm(take.vm().value()).setName(take.name()).build();
  }

  static Reversible.TakeSnapshot take(TakeSnapshot p, At at) {
    VmName vm = at.vm("vm", p.getVm());
    return at.field("name").make(() -> new Reversible.TakeSnapshot(vm, p.getName()));
  }

  static RevertSnapshot toProto(Final.RevertSnapshot revert) {
    return RevertSnapshot.newBuilder()
        .setVm(revert.vm().value())
        .setName(revert.name())
        .setRuns(revert.runs())
        .build();
  }

  static Final.RevertSnapshot revert(RevertSnapshot p, At at) {
    VmName vm = at.vm("vm", p.getVm());
    return at.field("name").make(() -> new Final.RevertSnapshot(vm, p.getName(), p.getRuns()));
  }

  static DeleteSnapshot toProto(Final.DeleteSnapshot delete) {
    return DeleteSnapshot.newBuilder().setVm(delete.vm().value()).setName(delete.name()).build();
  }

  static Final.DeleteSnapshot delete(DeleteSnapshot p, At at) {
    VmName vm = at.vm("vm", p.getVm());
    return at.field("name").make(() -> new Final.DeleteSnapshot(vm, p.getName()));
  }

  static PurgeTrash toProto(Final.PurgeTrash purge) {
    return PurgeTrash.newBuilder().addAllFiles(purge.files()).build();
  }

  static Final.PurgeTrash purge(PurgeTrash p, At at) {
    return at.field("files").make(() -> new Final.PurgeTrash(new TreeSet<>(p.getFilesList())));
  }

  static dev.ballast.v1.DomainSnapshot toProto(DomainSnapshot snapshot) {
    return dev.ballast.v1.DomainSnapshot.newBuilder()
        .setName(snapshot.name())
        .setCreatedEpochSeconds(snapshot.createdEpochSeconds())
        .setRuns(snapshot.runs())
        .setExternal(snapshot.external())
        .build();
  }

  static DomainSnapshot snapshot(dev.ballast.v1.DomainSnapshot p, At at) {
    return new DomainSnapshot(
        at.shortText("name", p.getName()),
        at.natural("created_epoch_seconds", p.getCreatedEpochSeconds()),
        p.getRuns(),
        p.getExternal());
  }

  static dev.ballast.v1.Trash toProto(Trash trash) {
    dev.ballast.v1.Trash.Builder result = dev.ballast.v1.Trash.newBuilder();
    trash
        .files()
        .forEach(
            (path, file) ->
                result.putFiles(
                    path,
                    dev.ballast.v1.Discarded.newBuilder()
                        .setWhat(file.what())
                        .setSizeBytes(file.sizeBytes())
                        .setDiscardedEpochMillis(file.discardedEpochMillis())
                        .build()));
    return result.build();
  }

  static Trash trash(dev.ballast.v1.Trash p, At at) {
    SortedMap<String, Discarded> files = new TreeMap<>();
    for (Map.Entry<String, dev.ballast.v1.Discarded> entry : p.getFilesMap().entrySet()) {
      dev.ballast.v1.Discarded file = entry.getValue();
      files.put(
          entry.getKey(),
          new Discarded(
              at.shortText("what", file.getWhat()),
              at.natural("size_bytes", file.getSizeBytes()),
              at.natural("discarded_epoch_millis", file.getDiscardedEpochMillis())));
    }
    return at.make(() -> new Trash(files));
  }
}

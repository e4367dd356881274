package dev.ballast.coordinator.cli;

import dev.ballast.v1.PlanSnapshotRequest;
import dev.ballast.v1.SnapshotVerb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes or deletes a snapshot of a VM. */
@Command(
    name = "snapshot",
    description = {
      "Take a snapshot of a VM, or delete one with --delete.",
      "",
      "It lies in the VM's own disks (qcow2), with the memory of a running guest, which stands still"
          + " meanwhile. A VM that has one does not migrate, is not removed, and its disks do not"
          + " grow. 'ballast revert VM NAME' goes back to it. Deleting one is final; the VM stays as"
          + " it is."
    })
final class SnapshotCommand extends ApiCommand {
  @Parameters(index = "0", paramLabel = "VM")
  private String vm = "";

  @Parameters(index = "1", paramLabel = "NAME")
  private String name = "";

  @Option(names = "--delete", description = "Delete the snapshot of that name.")
  private boolean delete;

  @Mixin private final ChangeOptions change = new ChangeOptions();

  SnapshotCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    PlanSnapshotRequest request =
        PlanSnapshotRequest.newBuilder()
            .setVm(vm)
            .setName(name)
            .setVerb(delete ? SnapshotVerb.SNAPSHOT_VERB_DELETE : SnapshotVerb.SNAPSHOT_VERB_TAKE)
            .build();
    return change.carryOut(session, session.call(stub -> stub.planSnapshot(request)));
  }
}

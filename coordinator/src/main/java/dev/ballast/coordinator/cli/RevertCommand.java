package dev.ballast.coordinator.cli;

import dev.ballast.v1.PlanSnapshotRequest;
import dev.ballast.v1.SnapshotVerb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Brings a VM back to one of its snapshots. */
@Command(
    name = "revert",
    description = {
      "Bring a VM back to one of its snapshots: its disks, its definition, and its memory where the"
          + " guest ran then.",
      "It is final: what was written since is lost. Definition and pins are those of that time;"
          + " 'ballast drift' tells what differs, 'ballast apply' brings them up to date."
    })
final class RevertCommand extends ApiCommand {
  @Parameters(index = "0", paramLabel = "VM")
  private String vm = "";

  @Parameters(index = "1", paramLabel = "NAME")
  private String name = "";

  @Mixin private final ChangeOptions change = new ChangeOptions();

  RevertCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    PlanSnapshotRequest request =
        PlanSnapshotRequest.newBuilder()
            .setVm(vm)
            .setName(name)
            .setVerb(SnapshotVerb.SNAPSHOT_VERB_REVERT)
            .build();
    return change.carryOut(session, session.call(stub -> stub.planSnapshot(request)));
  }
}

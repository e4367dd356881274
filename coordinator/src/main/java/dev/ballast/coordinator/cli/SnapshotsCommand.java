package dev.ballast.coordinator.cli;

import dev.ballast.v1.DomainSnapshot;
import dev.ballast.v1.ListVmsRequest;
import dev.ballast.v1.ListVmsResponse;
import dev.ballast.v1.Vm;
import java.time.ZoneId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The snapshots of VMs, one a line. */
@Command(name = "snapshots", description = "List the snapshots of a VM, or of all VMs.")
final class SnapshotsCommand extends ApiCommand {
  @Mixin private final OutputOption output = new OutputOption();

  @Parameters(arity = "0..1", paramLabel = "VM", description = "Only this one.")
  private String vm = "";

  SnapshotsCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    ListVmsResponse all =
        session.call(stub -> stub.listVms(ListVmsRequest.newBuilder().setVm(vm).build()));
    ListVmsResponse.Builder found = ListVmsResponse.newBuilder();
    for (Vm one : all.getVmsList()) {
      if (one.getSnapshotsCount() > 0) {
        found.addVms(
            Vm.newBuilder()
                .setName(one.getName())
                .setHost(one.getHost())
                .addAllSnapshots(one.getSnapshotsList()));
      }
    }
    ZoneId zone = session.surroundings().clock().getZone();
    output.print(session, found.build(), (vms, wide) -> print(vms, zone, session.terminal()));
    return ExitCode.DONE;
  }

  private static void print(ListVmsResponse vms, ZoneId zone, Terminal terminal) {
    if (vms.getVmsCount() == 0) {
      terminal.line("No snapshots: 'ballast snapshot VM NAME' takes one.");
      return;
    }
    Table table = new Table("VM", "HOST", "SNAPSHOT", "TAKEN", "GUEST", "LIES");
    for (Vm vm : vms.getVmsList()) {
      for (DomainSnapshot snapshot : vm.getSnapshotsList()) {
        table.row(
            vm.getName(),
            vm.getHost(),
            snapshot.getName(),
            Words.time(snapshot.getCreatedEpochSeconds() * 1_000, zone),
            snapshot.getRuns() ? "runs" : "off",
            snapshot.getExternal() ? "in files of its own" : "in the disks");
      }
    }
    table.print(terminal);
  }
}

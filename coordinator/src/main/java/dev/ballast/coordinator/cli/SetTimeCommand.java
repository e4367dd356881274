package dev.ballast.coordinator.cli;

import dev.ballast.v1.PlanGuestTimeRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A guest's clock. */
@Command(
    name = "set-time",
    description = {
      "Set a running guest's clock to its host's, through the guest agent (qemu-guest-agent in the"
          + " guest, and 'guestAgent: true' in its specification).",
      "It steps the guest's clock, and nothing takes that back. A migration of such a VM does it by"
          + " itself; after a pause or a revert it is yours to do."
    })
final class SetTimeCommand extends ApiCommand {
  @Parameters(paramLabel = "VM")
  private String vm = "";

  @Mixin private final ChangeOptions change = new ChangeOptions();

  SetTimeCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    PlanGuestTimeRequest request = PlanGuestTimeRequest.newBuilder().setVm(vm).build();
    return change.carryOut(session, session.call(stub -> stub.planGuestTime(request)));
  }
}

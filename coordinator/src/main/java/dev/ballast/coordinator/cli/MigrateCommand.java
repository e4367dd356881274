package dev.ballast.coordinator.cli;

import dev.ballast.v1.PlanMigrateRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Moves a running VM to another host. */
@Command(
    name = "migrate",
    description = {
      "Move a running VM to another host while its guest goes on.",
      "Without --to, to the host that fits best. Its pins are planned anew for the CPUs there."
    })
final class MigrateCommand extends ApiCommand {
  @Parameters(paramLabel = "VM")
  private String vm = "";

  @Option(names = "--to", paramLabel = "HOST", description = "Where to.")
  private String host = "";

  @Mixin private final MigrationOptions migration = new MigrationOptions();

  @Mixin private final ChangeOptions change = new ChangeOptions();

  MigrateCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    PlanMigrateRequest.Builder request = PlanMigrateRequest.newBuilder().setVm(vm).setHost(host);
    migration.limits().ifPresent(request::setLimits);
    return change.carryOut(session, session.call(stub -> stub.planMigrate(request.build())));
  }
}

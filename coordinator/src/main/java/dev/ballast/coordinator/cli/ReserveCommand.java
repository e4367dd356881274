package dev.ballast.coordinator.cli;

import dev.ballast.core.model.HostSetting;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.v1.PlanHostSettingRequest;
import dev.ballast.wire.HostSettingCodec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** CPUs that a host keeps for itself. */
@Command(
    name = "reserve",
    description = {
      "Keep CPUs of a host for the host and its daemons: no guest runs there, and no VM is placed or"
          + " pinned there.",
      "The group of all guests is confined: by systemd's AllowedCPUs of machine.slice (cgroup"
          + " version 2), else by the cpuset of libvirt's group (version 1, until the next boot)."
    })
final class ReserveCommand extends ApiCommand {
  private static final String NONE = "none";

  @Parameters(paramLabel = "HOST")
  private String host = "";

  @Option(
      names = "--cpus",
      paramLabel = "CPUS",
      required = true,
      description = "Such as 0-1,32; 'none' gives them back to guests.")
  private String cpus = "";

  @Mixin private final ChangeOptions change = new ChangeOptions();

  ReserveCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  void check() {
    reserved();
  }

  @Override
  int run(Session session) {
    PlanHostSettingRequest request =
        PlanHostSettingRequest.newBuilder()
            .addHosts(host)
            .setSetting(HostSettingCodec.toProto(reserved()))
            .build();
    return change.carryOut(session, session.call(stub -> stub.planHostSetting(request)));
  }

  private HostSetting reserved() {
    try {
      return new HostSetting.ReservedCpus(cpus.equals(NONE) ? CpuSet.EMPTY : CpuSet.parse(cpus));
    } catch (IllegalArgumentException e) {
      throw new CliException(
          ExitCode.USAGE, "--cpus " + cpus + ": " + e.getMessage(), "a list such as 0-1,32");
    }
  }
}

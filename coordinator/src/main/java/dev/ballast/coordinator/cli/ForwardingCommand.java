package dev.ballast.coordinator.cli;

import dev.ballast.core.model.HostSetting.IpForwarding;
import dev.ballast.v1.PlanHostSettingRequest;
import dev.ballast.wire.HostSettingCodec;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether hosts pass packets on between links. */
@Command(
    name = "ip-forwarding",
    description = {
      "Let hosts pass packets on between their links, or stop it.",
      "",
      "After a reboot the agent sets it again. libvirt switches IPv4 on by itself when it starts a"
          + " network of mode nat, route or open."
    })
final class ForwardingCommand extends ApiCommand {
  /** Whether packets pass. */
  enum State {
    ON,
    OFF
  }

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Only this host, may be repeated; all hosts without it.")
  private List<String> hosts = new ArrayList<>();

  @Option(names = "--ipv4", required = true, paramLabel = "on|off", description = "For IPv4.")
  private State ipv4 = State.OFF;

  @Option(names = "--ipv6", required = true, paramLabel = "on|off", description = "For IPv6.")
  private State ipv6 = State.OFF;

  @Mixin private final ChangeOptions change = new ChangeOptions();

  ForwardingCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    PlanHostSettingRequest request =
        PlanHostSettingRequest.newBuilder()
            .addAllHosts(hosts)
            .setSetting(
                HostSettingCodec.toProto(new IpForwarding(ipv4 == State.ON, ipv6 == State.ON)))
            .build();
    return change.carryOut(session, session.call(stub -> stub.planHostSetting(request)));
  }
}

package dev.ballast.agent;

import com.google.inject.Guice;
import com.google.inject.Stage;
import dev.ballast.agent.command.Restoration;
import dev.ballast.agent.config.AgentConfig;
import dev.ballast.agent.journal.StateDirectory;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ballast-agent restore}: what a reboot lost, before guests start. */
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    description = {
      "Sets again what commands had set and a reboot lost: KSM, hugepages, IP forwarding, forwards.",
      "The first start of the daemon in a boot does so too; this is for a unit that runs before"
          + " libvirt starts guests (ballast-agent-restore.service). In the same boot it does"
          + " nothing."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:restored, or nothing was lost; what could not be set is in the log",
      "1:the agent runs, and has restored",
      "2:wrong usage, or faults in the configuration"
    })
final class RestoreCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the specification before it calls
  RestoreCommand() {}

  @Override
  public Integer call() throws Exception {
    AgentConfig loaded = config.load();
    try (StateDirectory state = StateDirectory.open(loaded.stateDir())) {
      int restored =
          Guice.createInjector(Stage.DEVELOPMENT, new AgentModule(loaded, state))
              .getInstance(Restoration.class)
              .run();
      spec.commandLine()
          .getOut()
          .println(restored == 0 ? "nothing to restore" : restored + " restored; see the log");
    }
    return 0;
  }
}

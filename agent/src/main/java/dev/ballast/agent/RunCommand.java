package dev.ballast.agent;

import com.google.inject.Guice;
import com.google.inject.Stage;
import dev.ballast.agent.config.AgentConfig;
import dev.ballast.agent.journal.StateDirectory;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ballast-agent run}: the daemon. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Runs the daemon until it is told to stop; guests are not touched by its end.")
final class RunCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();

  @Override
  public Integer call() throws Exception {
    AgentConfig loaded = config.load();
    try (StateDirectory state = StateDirectory.open(loaded.stateDir())) {
      Agent agent =
          Guice.createInjector(Stage.DEVELOPMENT, new AgentModule(loaded, state))
              .getInstance(Agent.class);
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(agent::stop));
      agent.start();
      agent.awaitStop();
    }
    return 0;
  }
}

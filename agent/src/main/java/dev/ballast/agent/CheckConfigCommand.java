package dev.ballast.agent;

import dev.ballast.agent.config.AgentConfig;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ballast-agent check-config}: all faults of a configuration, without running it. */
@Command(
    name = "check-config",
    mixinStandardHelpOptions = true,
    description = "Reads the configuration and tells all its faults.")
final class CheckConfigCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    AgentConfig loaded = config.load();
    if (spec != null) {
      spec.commandLine()
          .getOut()
          .printf(
              "%s: host %s, coordinator %s, %s%n",
              config.file(),
              loaded.host(),
              loaded.coordinator(),
              loaded.observeOnly() ? "observes only" : "executes commands");
    }
    return 0;
  }
}

package dev.ballast.agent;

import dev.ballast.agent.config.AgentConfig;
import dev.ballast.core.settings.SettingsException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that names the configuration. */
final class ConfigOption {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      defaultValue = "/etc/ballast/agent.yaml",
      description = "default ${DEFAULT-VALUE}")
  private Path file = Path.of("/etc/ballast/agent.yaml");

  Path file() {
    return file;
  }

  AgentConfig load() throws SettingsException {
    return AgentConfig.load(file);
  }
}

package dev.ballast.coordinator;

import dev.ballast.coordinator.config.CoordinatorConfig;
import dev.ballast.core.settings.SettingsException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that names the configuration file. */
final class ConfigOption {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      defaultValue = "/etc/ballast/coordinator.yaml",
      description = "the configuration file (default: ${DEFAULT-VALUE})")
  private Path file = Path.of("/etc/ballast/coordinator.yaml");

  Path file() {
    return file;
  }

  CoordinatorConfig load() throws SettingsException {
    return CoordinatorConfig.load(file);
  }
}

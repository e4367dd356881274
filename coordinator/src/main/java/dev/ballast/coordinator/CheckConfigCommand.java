package dev.ballast.coordinator;

import dev.ballast.coordinator.config.CoordinatorConfig;
import dev.ballast.core.settings.SettingsException;
import dev.ballast.wire.TlsContexts;
import dev.ballast.wire.TlsException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code check-config}: everything of the configuration that can be wrong before it is used. */
@Command(
    name = "check-config",
    description = "Check the configuration file and the certificates it names; change nothing.")
final class CheckConfigCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws SettingsException, TlsException {
    CoordinatorConfig loaded = config.load();
    if (loaded.tls().isPresent()) {
      TlsContexts.server(loaded.tls().get());
    }
    spec.commandLine()
        .getOut()
        .println(
            config.file()
                + " is correct: listens on "
                + loaded.listen()
                + ", store in "
                + loaded.stateDir());
    return 0;
  }
}

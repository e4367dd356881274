package dev.ballast.coordinator;

import dev.ballast.coordinator.leadership.Recovery;
import dev.ballast.coordinator.store.Database;
import dev.ballast.coordinator.store.LeadershipStore;
import dev.ballast.coordinator.store.SqliteDatabase;
import dev.ballast.core.settings.SettingsException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code recover}: makes a store that was restored from a backup fit to lead again. */
@Command(
    name = "recover",
    description = {
      "After the store was restored from a backup: raise its term past the highest that agents"
          + " have reported to it, so that they follow it again. Stop the coordinator first."
    })
final class RecoverCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--term-at-least",
      paramLabel = "N",
      defaultValue = "0",
      description = "raise the term past N, too")
  private long atLeast;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws SettingsException {
    if (atLeast < 0) {
      throw new ParameterException(spec.commandLine(), "--term-at-least must not be negative");
    }
    try (Database database = SqliteDatabase.open(config.load().stateDir())) {
      long next = Recovery.recover(new LeadershipStore(database), atLeast);
      spec.commandLine().getOut().println("the next coordinator takes term " + next);
    }
    return 0;
  }
}

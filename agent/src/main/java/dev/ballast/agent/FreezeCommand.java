package dev.ballast.agent;

import dev.ballast.agent.command.FreezeList;
import dev.ballast.agent.config.AgentConfig;
import dev.ballast.core.model.VmName;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ballast-agent freeze}: stops all changes on this host, without any coordinator. */
@Command(
    name = "freeze",
    mixinStandardHelpOptions = true,
    description = "Stops all changes on this host (or to one VM); no coordinator overrides it.")
final class FreezeCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();

  @Option(names = "--vm", paramLabel = "NAME", description = "only this VM")
  private @Nullable String vm;

  @Option(names = "--off", description = "ends the freeze")
  private boolean off;

  @Option(names = "--reason", paramLabel = "TEXT", description = "shown where changes are refused")
  private String reason = "";

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    AgentConfig loaded = config.load();
    Optional<VmName> name = Optional.ofNullable(vm).map(VmName::new);
    Files.createDirectories(loaded.stateDir());
    FreezeList list = new FreezeList(loaded.stateDir());
    if (off) {
      list.unfreeze(name);
    } else {
      list.freeze(name, reason);
    }
    String what = name.map(VmName::value).orElse("host " + loaded.host());
    if (spec != null) {
      spec.commandLine().getOut().println(what + (off ? " is no longer frozen" : " is frozen"));
    }
    return 0;
  }
}

package dev.ballast.coordinator.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The script that completes command lines. */
@Command(
    name = "completion",
    description = "Print a script that completes ballast's commands and options.",
    footer = {
      "",
      "bash: ballast completion bash >/etc/bash_completion.d/ballast",
      "zsh:  source <(ballast completion zsh)"
    })
final class CompletionCommand extends CliCommand {
  /** The shells that are known. */
  enum Shell {
    BASH,
    ZSH
  }

  private final Surroundings surroundings;

  @Parameters(paramLabel = "bash|zsh")
  private Shell shell = Shell.BASH;

  CompletionCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    String zsh =
        "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n";
    String script = AutoComplete.bash("ballast", BallastCli.commandLine(surroundings));
    surroundings.terminal().block(shell == Shell.ZSH ? zsh + script : script);
    return ExitCode.DONE;
  }
}

package dev.ballast.coordinator.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** What all commands have in common: help, and the exit codes in it. */
@Command(
    mixinStandardHelpOptions = true,
    sortOptions = false,
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done, or nothing to do",
      "1:failed: an operation failed, was undone or needs attention",
      "2:wrong usage, or faults in the input",
      "3:the coordinator cannot be reached or does not permit it",
      "4:refused: a stale plan, a freeze, a precondition",
      "5:there are differences (plan --exit-code, drift, doctor)"
    })
abstract class CliCommand implements Callable<Integer> {}

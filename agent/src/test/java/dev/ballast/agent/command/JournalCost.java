package dev.ballast.agent.command;

import static dev.ballast.agent.command.AgentUnderTest.planned;

import dev.ballast.agent.journal.Bytes;
import dev.ballast.agent.journal.Journal;
import dev.ballast.agent.outbox.CommandResult;
import dev.ballast.agent.stream.WireFormat;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.Expectation.KsmRecord;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Reversible.SetKsm;
import dev.ballast.core.model.KsmSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Measures what the journal costs a command of one action: intent, state before the action,
 * outcome, each forced to the disk. Arguments: an empty directory and the number of commands.
 */
final class JournalCost {
  private static final int WARM_UP = 200;
  private static final KsmSettings KSM = new KsmSettings(1, 100, 20);

  private JournalCost() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createDirectories(Path.of(arguments[0]));
    int count = Integer.parseInt(arguments[1]);
    Journal.Opened opened = Journal.open(directory);
    CommandLog log = new CommandLog(opened, new WireFormat());
    long[] micros = new long[count];
    for (int i = -WARM_UP; i < count; i++) {
      long start = System.nanoTime();
      one(log, i + WARM_UP + 1L);
      if (i >= 0) {
        micros[i] = (System.nanoTime() - start) / 1_000;
      }
    }
    Arrays.sort(micros);
    System.out.printf(
        "commands %d, p50 %d us, p99 %d us, journal %d KiB%n",
        count, micros[count / 2], micros[count * 99 / 100], log.sizeBytes() / 1024);
    opened.journal().close();
  }

  private static void one(CommandLog log, long id) throws IOException {
    Command command = AgentUnderTest.command(id, planned(new SetKsm(KSM), new KsmRecord(KSM)));
    Bytes digest = Admission.digest(command, new WireFormat());
    log.begin(command, digest);
    log.step(id, 0, new byte[64]);
    log.end(
        new CommandResult(id, 1, List.of(new Outcome.Applied("run=0 pages_to_scan=100", 900))),
        digest);
    log.acknowledged(id);
  }
}

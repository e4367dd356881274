package dev.ballast.agent.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLogTest {
  private static final KsmSettings KSM = new KsmSettings(1, 100, 20);
  private static final Bytes DIGEST = Bytes.of(new byte[] {1, 2, 3});

  @TempDir private Path directory;

  private CommandLog open() throws IOException {
    return new CommandLog(Journal.open(directory), new WireFormat());
  }

  private static Command command(long id) {
    return AgentUnderTest.command(id, AgentUnderTest.planned(new SetKsm(KSM), new KsmRecord(KSM)));
  }

  private static CommandResult result(long id, String text) {
    return new CommandResult(id, 1, List.of(new Outcome.Failed(text)));
  }

  @Test
  void anOpenCommandIsReadBackWithItsStepsAndUndos() throws IOException {
    CommandLog log = open();
    log.begin(command(4), DIGEST);
    log.step(4, 0, bytes("zero"));
    log.step(4, 2, bytes("two"));
    log.undoBegun(4);
    log.undone(4, 2);

    OpenCommand open = open().openCommands().getFirst();

    assertThat(open.id()).isEqualTo(4);
    assertThat(open.digest()).isEqualTo(DIGEST);
    assertThat(new WireFormat().decodeCommand(open.command().toArray())).isEqualTo(command(4));
    assertThat(open.steps())
        .containsExactly(
            new OpenCommand.Step(0, Bytes.of(bytes("zero"))),
            new OpenCommand.Step(2, Bytes.of(bytes("two"))));
    assertThat(open.undoBegun()).isTrue();
    assertThat(open.undone()).containsExactly(2);
  }

  @Test
  void compactionKeepsTheFileShortAndForgetsNothingThatMatters() throws IOException {
    CommandLog log = open();
    log.raiseTerm(7);
    log.begin(command(1), DIGEST);
    log.step(1, 0, bytes("before"));
    String text = "x".repeat(100_000);
    for (long id = 2; id <= 60; id++) {
      log.begin(command(id), DIGEST);
      log.end(result(id, id < 60 ? "" : text), DIGEST);
      log.acknowledged(id);
      if (id < 60) {
        log.begin(command(id + 1_000), DIGEST);
        log.step(id + 1_000, 0, bytes(text));
        log.end(result(id + 1_000, ""), DIGEST);
      }
    }

    assertThat(Files.size(directory.resolve("journal"))).isLessThan(3_000_000);
    CommandLog again = open();
    assertThat(again.highestTerm()).isEqualTo(7);
    assertThat(again.lastId()).isEqualTo(1_059);
    assertThat(again.openCommands())
        .singleElement()
        .satisfies(o -> assertThat(o.steps()).hasSize(1));
    assertThat(again.entry(60)).contains(new CommandLog.Closed(DIGEST, result(60, text), true));
    assertThat(again.unacknowledged()).hasSize(58);
  }

  @Test
  void aRecordOfANewerAgentStopsThisOneRatherThanBeingSkipped() throws IOException {
    try (Journal journal = Journal.open(directory).journal()) {
      journal.append(Journal.Need.MAY_REFUSE, new byte[] {99});
    }

    assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("99");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

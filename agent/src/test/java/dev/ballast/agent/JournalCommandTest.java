package dev.ballast.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ballast.agent.command.CommandLog;
import dev.ballast.agent.command.OpenCommand;
import dev.ballast.agent.journal.Bytes;
import dev.ballast.agent.journal.Journal;
import dev.ballast.agent.outbox.CommandResult;
import dev.ballast.agent.stream.WireFormat;
import dev.ballast.core.action.Command;
import dev.ballast.core.action.Expectation.KsmRecord;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.Reversible.SetKsm;
import dev.ballast.core.model.KsmSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class JournalCommandTest {
  private static final KsmSettings KSM = new KsmSettings(1, 100, 20);
  private static final Bytes DIGEST = Bytes.of(new byte[] {1});

  @TempDir private Path directory;
  private Path config;
  private Path state;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void configure() throws IOException {
    state = Files.createDirectories(directory.resolve("state"));
    config = directory.resolve("agent.yaml");
    Files.writeString(
        config,
        """
        host: {name: h1}
        plaintext: true
        stateDir: %s
        """
            .formatted(state));
  }

  private int run(String... options) {
    String[] arguments = new String[options.length + 3];
    arguments[0] = "journal";
    arguments[1] = "--config";
    arguments[2] = config.toString();
    System.arraycopy(options, 0, arguments, 3, options.length);
    CommandLine line = AgentMain.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }

  private void write() throws IOException {
    Journal.Opened opened = Journal.open(state);
    CommandLog log = new CommandLog(opened, new WireFormat());
    log.raiseTerm(3);
    for (long id = 1; id <= 2; id++) {
      Command command =
          new Command(
              id,
              3,
              1,
              "boot",
              1_000,
              false,
              Optional.of(60_000L),
              List.of(new PlannedAction(new SetKsm(KSM), new KsmRecord(KSM))));
      log.begin(command, DIGEST);
    }
    log.armed(1, new OpenCommand.Armed(DIGEST, DIGEST, 77_000));
    log.undoBegun(1);
    log.undone(1, 0);
    log.end(new CommandResult(1, 3, List.of(new Outcome.Undone("not confirmed"))), DIGEST);
    log.acknowledged(1);
    opened.journal().close();
  }

  @Test
  void printsEachRecord() throws IOException {
    write();

    assertThat(run()).as(err.toString()).isZero();

    assertThat(out.toString().lines().map(String::strip))
        .containsExactly(
            "RECORD  KIND       COMMAND  WHAT",
            "1  term             -  highest term seen: 3",
            "2  intent           1  set KSM run=1 pages_to_scan=100 sleep_millisecs=20 (to be"
                + " confirmed within 60000 ms)",
            "3  intent           2  set KSM run=1 pages_to_scan=100 sleep_millisecs=20 (to be"
                + " confirmed within 60000 ms)",
            "4  armed            1  undone unless confirmed before 77000 ms of this host's uptime",
            "5  undo             1  what was done is undone",
            "6  undone           1  nothing of action 1 stands",
            "7  ended            1  undone: not confirmed",
            "8  stored           1  the coordinator has the result");
  }

  @Test
  void printsOneCommandAsJson() throws IOException {
    write();

    assertThat(run("-o", "json", "--command", "2")).isZero();

    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.path("damaged").asBoolean()).isFalse();
    assertThat(json.path("records")).hasSize(1);
    assertThat(json.path("records").path(0).path("kind").asText()).isEqualTo("intent");
    assertThat(json.path("records").path(0).path("command").asLong()).isEqualTo(2);
  }

  @Test
  void tellsOfATornTailAndLeavesIt() throws IOException {
    write();
    Path file = state.resolve("journal");
    Files.write(file, new byte[] {1, 2, 3}, StandardOpenOption.APPEND);
    byte[] before = Files.readAllBytes(file);

    assertThat(run()).isZero();

    assertThat(out.toString()).contains("3 bytes at the end are no whole record");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void tellsOfDamage() throws IOException {
    write();
    Path file = state.resolve("journal");
    byte[] bytes = Files.readAllBytes(file);
    bytes[60] ^= 1;
    Files.write(file, bytes);

    assertThat(run()).isEqualTo(1);

    assertThat(err.toString()).contains("damaged").contains("move the file away");
  }

  @Test
  void saysWhenThereIsNone() {
    assertThat(run()).isEqualTo(1);

    assertThat(err.toString()).contains("there is no journal in").contains("first runs");
  }
}

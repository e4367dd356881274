package dev.ballast.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ballast.agent.command.JournalText;
import dev.ballast.agent.journal.Journal;
import dev.ballast.agent.stream.WireFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ballast-agent journal}: what the agent remembers of terms and commands. */
@Command(
    name = "journal",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Prints what the agent remembers of terms and commands, oldest first; changes nothing, the"
          + " agent may run.",
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:printed", "1:there is no journal, or it is damaged", "2:wrong usage"})
final class JournalCommand implements Callable<Integer> {
  enum Output {
    table,
    json
  }

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(names = "--command", paramLabel = "ID", description = "Only what belongs to this one.")
  private @Nullable Long command;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Output output = Output.table;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the specification before it calls
  JournalCommand() {}

  @Override
  public Integer call() throws Exception {
    Journal.Contents contents = read(config.load().stateDir());
    List<JournalText.Line> lines =
        new JournalText(new WireFormat())
            .lines(contents.frames()).stream()
                .filter(line -> command == null || line.command().orElse(-1) == command)
                .toList();
    PrintWriter out = spec.commandLine().getOut();
    switch (output) {
      case json -> out.println(json(contents, lines).toPrettyString());
      case table -> table(contents, lines, out);
    }
    out.flush();
    if (contents.damaged()) {
      spec.commandLine()
          .getErr()
          .println(
              "ballast-agent: "
                  + contents.file()
                  + " is damaged behind the last record shown: check the disk, then move the file"
                  + " away to begin anew");
      return 1;
    }
    return 0;
  }

  private static Journal.Contents read(Path stateDir) throws IOException {
    try {
      return Journal.read(stateDir);
    } catch (NoSuchFileException e) {
      throw new IOException(
          "there is no journal in " + stateDir + ": an agent makes one when it first runs", e);
    }
  }

  private static void table(
      Journal.Contents contents, List<JournalText.Line> lines, PrintWriter out) {
    out.printf("%6s  %-9s %8s  %s%n", "RECORD", "KIND", "COMMAND", "WHAT");
    for (JournalText.Line line : lines) {
      String id = line.command().isPresent() ? Long.toString(line.command().getAsLong()) : "-";
      out.printf("%6d  %-9s %8s  %s%n", line.number(), line.kind(), id, line.text());
    }
    if (contents.tornBytes() > 0) {
      out.printf("%d bytes at the end are no whole record%n", contents.tornBytes());
    }
  }

  private static ObjectNode json(Journal.Contents contents, List<JournalText.Line> lines) {
    ObjectNode all = new ObjectMapper().createObjectNode();
    all.put("file", contents.file().toString());
    all.put("tornBytes", contents.tornBytes());
    all.put("damaged", contents.damaged());
    ArrayNode records = all.putArray("records");
    for (JournalText.Line line : lines) {
      ObjectNode one = records.addObject().put("record", line.number()).put("kind", line.kind());
      line.command().ifPresent(id -> one.put("command", id));
      one.put("text", line.text());
    }
    return all;
  }
}

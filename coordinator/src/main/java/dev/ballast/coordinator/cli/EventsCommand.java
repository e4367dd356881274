package dev.ballast.coordinator.cli;

import dev.ballast.v1.Event;
import dev.ballast.v1.WatchEventsRequest;
import java.time.ZoneId;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What happened, and what happens. */
@Command(
    name = "events",
    description = "Show past events, and with -w those to come. JSON is one event a line.")
final class EventsCommand extends ApiCommand {
  private static final int MOST_PAST = 100_000;

  @Option(
      names = {"-w", "--watch"},
      description = "Go on until interrupted.")
  private boolean watch;

  @Option(
      names = "--past",
      paramLabel = "N",
      defaultValue = "100",
      description = "At most so many past ones (default: ${DEFAULT-VALUE}).")
  private int past = 100;

  @Mixin private final OutputOption output = new OutputOption();

  EventsCommand(BallastCli cli) {
    super(cli);
  }

  /** Ends a stream whose reader has gone. */
  private static final class ReaderGone extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  void check() {
    if (past < 1 || past > MOST_PAST) {
      throw new CliException(ExitCode.USAGE, "--past " + past, "must be 1 to " + MOST_PAST);
    }
  }

  @Override
  int run(Session session) {
    WatchEventsRequest request =
        WatchEventsRequest.newBuilder().setFollow(watch).setPast(past).build();
    Terminal terminal = session.terminal();
    ZoneId zone = session.surroundings().clock().getZone();
    Consumer<Event> printer =
        event -> {
          print(event, zone, terminal);
          if (terminal.out().checkError()) {
            throw new ReaderGone();
          }
        };
    try {
      if (watch) {
        session.follow(stub -> stub.watchEvents(request), printer);
      } else {
        session.stream(stub -> stub.watchEvents(request), printer);
      }
    } catch (ReaderGone e) {
      return ExitCode.DONE;
    }
    return ExitCode.DONE;
  }

  private void print(Event event, ZoneId zone, Terminal terminal) {
    switch (output.format) {
      case JSON -> terminal.line(Documents.jsonLine(event));
      case YAML -> terminal.block("---\n" + Documents.yaml(event));
      case TABLE, WIDE -> terminal.styled(style(event), line(event, zone));
    }
  }

  private String line(Event event, ZoneId zone) {
    StringBuilder text = new StringBuilder();
    if (output.format == Format.WIDE) {
      text.append(event.getNumber()).append("  ");
    }
    text.append(Words.time(event.getEpochMillis(), zone)).append("  ").append(event.getKind());
    append(text, event.getHost());
    append(text, event.getVm());
    append(text, event.getOperationId());
    text.append("  ").append(event.getText());
    if (output.format == Format.WIDE) {
      event.getDetailsMap().entrySet().stream()
          .sorted(java.util.Map.Entry.comparingByKey())
          .forEach(
              detail ->
                  text.append("  ").append(detail.getKey()).append('=').append(detail.getValue()));
    }
    return text.toString();
  }

  private static void append(StringBuilder text, String part) {
    if (!part.isEmpty()) {
      text.append("  ").append(part);
    }
  }

  private static Style style(Event event) {
    return switch (event.getKind()) {
      case "alert", "host-lost", "drift" -> Style.WARNING;
      case "spike-relieved" -> Style.GOOD;
      default -> Style.PLAIN;
    };
  }
}

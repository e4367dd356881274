package dev.ballast.coordinator.cli;

import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;

/** Runs command lines inside this process, against the fake or any other coordinator. */
final class CliRun implements AutoCloseable {
  private static final String NAME = "cli-test";
  private static final int COLUMNS = 100;

  /** What came of a command line. */
  record Result(int exit, String out, String err) {}

  final FakeCoordinator coordinator = new FakeCoordinator();
  private final Connector connector;
  private final Server server;

  CliRun() {
    String name = NAME + System.identityHashCode(this);
    this.connector = target -> InProcessChannelBuilder.forName(name).directExecutor().build();
    try {
      this.server =
          InProcessServerBuilder.forName(name)
              .directExecutor()
              .addService(coordinator)
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Result run(String... arguments) {
    return run(false, arguments);
  }

  /** As on a terminal with colours. */
  Result runLive(String... arguments) {
    return run(true, arguments);
  }

  private Result run(boolean live, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--server", "127.0.0.1", "--plaintext"));
    return run(connector, Map.of(), live, all);
  }

  static Result run(
      Connector connector, Map<String, String> environment, boolean live, List<String> arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Terminal terminal =
        new Terminal(
            new PrintWriter(out),
            new PrintWriter(err),
            live,
            COLUMNS,
            Help.defaultColorScheme(live ? Ansi.ON : Ansi.OFF));
    Clock clock = Clock.fixed(Instant.ofEpochMilli(Cluster.NOW), ZoneOffset.UTC);
    int exit =
        BallastCli.commandLine(new Surroundings(environment, terminal, clock, connector))
            .execute(arguments.toArray(String[]::new));
    return new Result(exit, out.toString(), err.toString());
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}

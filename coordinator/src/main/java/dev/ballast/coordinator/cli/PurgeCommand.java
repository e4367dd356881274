package dev.ballast.coordinator.cli;

import dev.ballast.v1.PlanPurgeRequest;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Empties the trash of a host. */
@Command(
    name = "purge",
    description = {
      "Delete for good what was discarded on a host ('ballast trash HOST' lists it).",
      "It is final: no rollback brings it back."
    })
final class PurgeCommand extends ApiCommand {
  private static final Pattern AGE = Pattern.compile("([0-9]{1,6})([dhms])");

  @Parameters(paramLabel = "HOST")
  private String host = "";

  @Option(
      names = "--older-than",
      paramLabel = "AGE",
      description = "Only what was discarded so long ago: 30d, 12h; all without it.")
  private String olderThan = "0s";

  @Mixin private final ChangeOptions change = new ChangeOptions();

  PurgeCommand(BallastCli cli) {
    super(cli);
  }

  @Override
  int run(Session session) {
    PlanPurgeRequest request =
        PlanPurgeRequest.newBuilder()
            .setHost(host)
            .setOlderThanMillis(age(olderThan).toMillis())
            .build();
    return change.carryOut(session, session.call(stub -> stub.planPurge(request)));
  }

  private static Duration age(String text) {
    Matcher matcher = AGE.matcher(text);
    if (!matcher.matches()) {
      throw new CliException(
          ExitCode.USAGE, "--older-than " + text, "takes a number with d, h, m or s, such as 30d");
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "d" -> Duration.ofDays(count);
      case "h" -> Duration.ofHours(count);
      case "m" -> Duration.ofMinutes(count);
      default -> Duration.ofSeconds(count);
    };
  }
}

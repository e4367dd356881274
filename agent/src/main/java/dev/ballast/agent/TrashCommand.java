package dev.ballast.agent;

import dev.ballast.agent.host.storage.DiscardedFiles;
import dev.ballast.agent.host.storage.DiscardedFiles.Discarded;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ballast-agent trash}: what was discarded on this host, and deleting it for good. */
@Command(
    name = "trash",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the volumes and images that were discarded on this host.",
      "'ballast rollback OPERATION' brings back what an operation discarded, until it is purged here."
          + " Nothing is ever purged by itself."
    })
final class TrashCommand implements Callable<Integer> {
  private static final Pattern AGE = Pattern.compile("([0-9]{1,6})([dhms])");
  private static final long MIB = 1 << 20;

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--purge-older-than",
      paramLabel = "AGE",
      description = "delete for good what was discarded so long ago: 30d, 12h, 0s")
  private @Nullable String age;

  @Option(names = "--run", description = "do it; without this nothing is deleted")
  private boolean run;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    DiscardedFiles trash = new DiscardedFiles(config.load().storage());
    Instant now = Instant.now();
    if (age == null) {
      print(trash.list(), now, "");
      return 0;
    }
    long before = now.minus(age(age)).toEpochMilli();
    List<Discarded> old =
        trash.list().stream().filter(found -> found.discardedEpochMillis() <= before).toList();
    if (run) {
      for (Discarded discarded : old) {
        trash.purge(discarded);
      }
      print(old, now, "purged for good");
    } else {
      print(old, now, "would be purged for good; add --run");
    }
    return 0;
  }

  private Duration age(String text) {
    Matcher matcher = AGE.matcher(text);
    if (!matcher.matches()) {
      throw new ParameterException(
          required().commandLine(), "an age is a number with d, h, m or s, such as 30d: " + text);
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "d" -> Duration.ofDays(count);
      case "h" -> Duration.ofHours(count);
      case "m" -> Duration.ofMinutes(count);
      default -> Duration.ofSeconds(count);
    };
  }

  private CommandSpec required() {
    if (spec == null) {
      throw new IllegalStateException("not called through the command line");
    }
    return spec;
  }

  private void print(List<Discarded> files, Instant now, String end) {
    PrintWriter out = required().commandLine().getOut();
    for (Discarded found : files) {
      Duration since =
          Duration.between(Instant.ofEpochMilli(found.discardedEpochMillis()), now)
              .truncatedTo(ChronoUnit.SECONDS);
      out.println(
          String.format(
              Locale.ROOT,
              "%-24s %8d MiB  %6d h ago  %s",
              found.what(),
              found.sizeBytes() / MIB,
              since.toHours(),
              found.file()));
    }
    String count =
        files.isEmpty() ? "nothing" : files.size() == 1 ? "1 file" : files.size() + " files";
    out.println(count + (end.isEmpty() ? " in the trash" : " " + end));
  }
}

package dev.ballast.coordinator.cli;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The option {@code --confirm-within}: how long hosts await a confirmation. */
final class ConfirmWithin {
  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,3})s?");
  private static final int LIMIT_SECONDS = 3_600;

  private ConfirmWithin() {}

  /** The time of that text; absent where there is none. */
  static Optional<Long> millis(@Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches() || Integer.parseInt(matcher.group(1)) > LIMIT_SECONDS) {
      throw new CliException(
          ExitCode.USAGE,
          "--confirm-within " + text,
          "takes 1 to " + LIMIT_SECONDS + " seconds, such as 60s");
    }
    return Optional.of(Integer.parseInt(matcher.group(1)) * 1_000L);
  }
}

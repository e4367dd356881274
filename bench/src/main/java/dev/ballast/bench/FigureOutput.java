package dev.ballast.bench;

import java.io.PrintWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What commands that print figures share: in which form, and numbers that must be in a range. */
public final class FigureOutput {
  @Option(
      names = {"-o", "--output"},
      defaultValue = "TABLE",
      description = "table or json")
  private Figures.Format format = Figures.Format.TABLE;

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  public Figures.Format format() {
    return format;
  }

  public PrintWriter writer() {
    return command().commandLine().getOut();
  }

  public void print(Map<String, Object> figures) {
    Figures.print(figures, format, writer());
  }

  /**
   * Refuses a number that is not from 1 to the limit.
   *
   * @throws ParameterException naming the option and what to choose
   */
  public void inRange(String option, int value, int limit) {
    if (value < 1 || value > limit) {
      throw refusal(option + " " + value + ": choose 1 to " + limit);
    }
  }

  /**
   * Refuses a share that is not from 0 to 1.
   *
   * @throws ParameterException naming the option and what to choose
   */
  public void isShare(String option, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw refusal(option + " " + value + ": choose 0 to 1");
    }
  }

  private ParameterException refusal(String message) {
    return new ParameterException(command().commandLine(), message);
  }

  private CommandSpec command() {
    if (command == null) {
      throw new IllegalStateException("picocli fills the specification");
    }
    return command;
  }
}

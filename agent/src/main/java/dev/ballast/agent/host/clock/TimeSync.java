package dev.ballast.agent.host.clock;

import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.core.model.ClockState;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Whether the host's clock follows a source: by {@code chronyc}, else by the mark of
 * systemd-timesyncd. The kernel's own word is not asked: without rtcsync chrony leaves it at
 * "unsynchronised".
 */
public final class TimeSync {
  /** A chronyc that says nothing for so long is left. */
  static final long TIMEOUT_MILLIS = 2_000;

  private static final int OUTPUT_BYTES = 4_096;
  private static final String TIMESYNCD = "/run/systemd/timesync";
  private static final int LEAP_STATUS = 13;
  private static final int SOURCE_NAME = 1;
  private static final int OFFSET_SECONDS = 4;
  private static final int ROOT_DELAY_SECONDS = 10;
  private static final int ROOT_DISPERSION_SECONDS = 11;

  /** A clock that may be further off than this is no time to rely on, whatever it follows. */
  static final double BOUND_SECONDS = 1;

  /**
   * How well the clock follows.
   *
   * @param offsetSeconds how far it is off, as far as known
   * @param rootDelaySeconds the way to the source of all and back
   * @param rootDispersionSeconds what may have added up on that way
   * @param leap {@code Normal}, {@code Insert second}, {@code Delete second} or {@code Not
   *     synchronised}
   */
  public record Figures(
      double offsetSeconds, double rootDelaySeconds, double rootDispersionSeconds, String leap) {
    /** How far off it is at most. */
    public double boundSeconds() {
      return Math.abs(offsetSeconds) + rootDelaySeconds / 2 + rootDispersionSeconds;
    }
  }

  private volatile Optional<Figures> figures = Optional.empty();

  /** What the last reading told; absent without chrony. */
  public Optional<Figures> figures() {
    return figures;
  }

  /**
   * What was found.
   *
   * @param detail without figures that change by themselves
   */
  public record State(ClockState clock, String detail) {}

  private final List<String> chronyc;
  private final KernelFiles files;

  public TimeSync(KernelFiles files) {
    this(List.of("chronyc", "-c", "tracking"), files);
  }

  TimeSync(List<String> chronyc, KernelFiles files) {
    this.chronyc = List.copyOf(chronyc);
    this.files = files;
  }

  /** Asks; ends within the time-out. */
  public State read() throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(chronyc)
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .start();
      try {
        if (!process.waitFor(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
          return new State(ClockState.UNKNOWN, "chronyc does not answer");
        }
        if (process.exitValue() != 0) {
          figures = Optional.empty();
          return timesyncd(output(process));
        }
        String line = output(process);
        figures = figures(line);
        return tracking(line);
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      return timesyncd("there is no chronyc");
    }
  }

  private static String output(Process process) throws IOException {
    try (InputStream out = process.getInputStream()) {
      return new String(out.readNBytes(OUTPUT_BYTES), StandardCharsets.UTF_8).strip();
    }
  }

  /**
   * The fields of chronyc's CSV: reference, its name, stratum, ten times and rates, leap status.
   */
  static State tracking(String line) {
    String[] fields = line.split(",", -1);
    if (fields.length <= LEAP_STATUS) {
      return new State(ClockState.UNKNOWN, "chronyc's answer is not understood");
    }
    if (fields[LEAP_STATUS].equals("Not synchronised")) {
      return new State(ClockState.NOT_SYNCHRONISED, "chrony has no source that it trusts");
    }
    boolean far = figures(line).filter(f -> f.boundSeconds() > BOUND_SECONDS).isPresent();
    return far
        ? new State(
            ClockState.NOT_SYNCHRONISED,
            "chrony follows "
                + source(fields[SOURCE_NAME])
                + ", yet the clock may be more than a second off")
        : new State(ClockState.SYNCHRONISED, "chrony follows " + source(fields[SOURCE_NAME]));
  }

  static Optional<Figures> figures(String line) {
    String[] fields = line.split(",", -1);
    if (fields.length <= LEAP_STATUS) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Figures(
              Double.parseDouble(fields[OFFSET_SECONDS]),
              Double.parseDouble(fields[ROOT_DELAY_SECONDS]),
              Double.parseDouble(fields[ROOT_DISPERSION_SECONDS]),
              fields[LEAP_STATUS]));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static String source(String name) {
    return name.isEmpty() ? "its own clock" : name;
  }

  private State timesyncd(String otherwise) {
    if (files.exists(TIMESYNCD + "/synchronized")) {
      return new State(ClockState.SYNCHRONISED, "systemd-timesyncd follows a server");
    }
    if (files.isDirectory(TIMESYNCD)) {
      return new State(ClockState.NOT_SYNCHRONISED, "systemd-timesyncd has reached no server");
    }
    return new State(ClockState.UNKNOWN, otherwise + ", and no systemd-timesyncd");
  }
}

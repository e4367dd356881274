package dev.ballast.bench.planetlab;

import dev.ballast.bench.InputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Reads traces, plain, {@code .xz} or {@code .gz}: one VM a line, its name and then its CPU use in
 * percent, all lines equally long.
 */
final class TraceReader {
  private static final int VMS_LIMIT = 100_000;
  private static final Pattern SPACE = Pattern.compile("\\s+");

  private TraceReader() {}

  /** The file itself, or the files of a folder by name. */
  static List<Path> files(Path path) {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> files = Files.list(path)) {
      List<Path> found =
          files.filter(Files::isRegularFile).filter(file -> !isHidden(file)).sorted().toList();
      if (found.isEmpty()) {
        throw new InputException(path + ": no trace in this folder; name another");
      }
      return found;
    } catch (IOException e) {
      throw new InputException(path + ": cannot be listed (" + e + "); check the path", e);
    }
  }

  private static boolean isHidden(Path file) {
    return file.getFileName().toString().startsWith(".");
  }

  static List<Trace> read(Path file) {
    List<Trace> traces = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(open(file), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!line.isBlank()) {
          traces.add(parse(line.strip(), file, traces.size() + 1));
        }
        if (traces.size() > VMS_LIMIT) {
          throw new InputException(file + ": more than " + VMS_LIMIT + " VMs; split the file");
        }
      }
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read (" + e + "); check the path", e);
    }
    if (traces.isEmpty()) {
      throw new InputException(file + ": holds no VM; expected one a line: name, then percents");
    }
    int samples = traces.getFirst().usage().length;
    for (int at = 0; at < traces.size(); at++) {
      if (traces.get(at).usage().length != samples) {
        throw new InputException(
            "%s: VM %d: %d samples, the first has %d; make them equal"
                .formatted(file, at + 1, traces.get(at).usage().length, samples));
      }
    }
    return traces;
  }

  /** Plain or packed, by the name. */
  static InputStream open(Path file) throws IOException {
    InputStream raw = Files.newInputStream(file);
    String name = file.toString();
    if (name.endsWith(".xz")) {
      return new XZInputStream(raw);
    }
    return name.endsWith(".gz") ? new GZIPInputStream(raw) : raw;
  }

  private static Trace parse(String line, Path file, int number) {
    String[] fields = SPACE.split(line);
    if (fields.length < 2) {
      throw new InputException(
          "%s: VM %d: no sample; expected its name, then percents".formatted(file, number));
    }
    float[] usage = new float[fields.length - 1];
    for (int at = 0; at < usage.length; at++) {
      usage[at] = percent(fields[at + 1], file, number, at + 1) / 100;
    }
    return new Trace(fields[0], usage);
  }

  private static float percent(String field, Path file, int number, int sample) {
    float percent;
    try {
      percent = Float.parseFloat(field);
    } catch (NumberFormatException e) {
      percent = Float.NaN;
    }
    if (!(percent >= 0 && percent <= 100)) {
      throw new InputException(
          "%s: VM %d, sample %d: '%s' is not a percentage from 0 to 100"
              .formatted(file, number, sample, field));
    }
    return percent;
  }
}

package dev.ballast.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a registry exposes, and the table of it in the documentation. */
public final class Catalogue {
  private static final Path PAGE = Path.of("../docs/metrics.md");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");

  private Catalogue() {}

  /** The text that Prometheus gets. */
  public static String text(PrometheusRegistry registry) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create()
        .write(out, registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
    return out.toString(StandardCharsets.UTF_8);
  }

  /** A table's row for each metric with samples whose name begins so. */
  public static String table(String text, String prefix) {
    Map<String, String> help = new LinkedHashMap<>();
    Map<String, String> type = new LinkedHashMap<>();
    Map<String, TreeSet<String>> labels = new LinkedHashMap<>();
    for (String line : text.split("\n")) {
      String[] words = line.split(" ", 4);
      if (line.startsWith("# HELP ")) {
        help.put(words[2], words[3]);
      } else if (line.startsWith("# TYPE ")) {
        type.put(words[2], words[3]);
      } else {
        labels.computeIfAbsent(base(line, type), name -> new TreeSet<>()).addAll(names(line));
      }
    }
    StringBuilder table =
        new StringBuilder("| metric | type | labels | what |\n|---|---|---|---|\n");
    type.keySet().stream()
        .filter(name -> name.startsWith(prefix) && labels.containsKey(name))
        .sorted()
        .forEach(
            name ->
                table.append(
                    "| `%s` | %s | %s | %s |\n"
                        .formatted(
                            name,
                            type.get(name),
                            String.join(", ", labels.get(name)),
                            help.get(name))));
    return table.toString();
  }

  private static String base(String line, Map<String, String> types) {
    String name = line.replaceFirst("[ {].*", "");
    String histogram = name.replaceFirst("_(bucket|sum|count)$", "");
    return types.containsKey(name) ? name : histogram;
  }

  private static SortedSet<String> names(String line) {
    SortedSet<String> names = new TreeSet<>();
    Matcher label = LABEL.matcher(line);
    while (label.find()) {
      if (!label.group(1).equals("le")) {
        names.add(label.group(1));
      }
    }
    return names;
  }

  /** Holds the page's section of that name against the table; renews it when told to. */
  public static void assertDocumented(String section, String table) throws IOException {
    String begin = "<!-- " + section + " -->\n";
    String end = "<!-- end of " + section + " -->";
    String page = Files.readString(PAGE);
    int from = page.indexOf(begin) + begin.length();
    int to = page.indexOf(end);
    assertThat(to).as("the section '" + section + "' of " + PAGE).isGreaterThanOrEqualTo(from);
    if (Boolean.getBoolean("ballast.golden.update")) {
      Files.writeString(PAGE, page.substring(0, from) + table + page.substring(to));
      return;
    }
    assertThat(page.substring(from, to))
        .as(PAGE + ", section '" + section + "' (renew with -Dballast.golden.update=true)")
        .isEqualTo(table);
  }
}

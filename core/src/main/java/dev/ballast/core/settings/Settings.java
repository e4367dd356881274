package dev.ballast.core.settings;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One mapping of a YAML file. The program asks for each key that it knows; {@link #check} then
 * tells all faults of the file at once: wrong values and keys that nobody asked for.
 *
 * <p>A key without a value counts as absent. Relative paths start at the file's directory.
 */
public final class Settings {
  /** A longer file is refused. */
  public static final int FILE_CHARACTERS_LIMIT = 1_000_000;

  private record Entry(int line, Node value) {}

  private final Path file;
  private final String prefix;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Set<String> asked = new TreeSet<>();
  private final List<Settings> sections = new ArrayList<>();
  private final List<String> faults;

  private Settings(Path file, String prefix, List<String> faults) {
    this.file = file;
    this.prefix = prefix;
    this.faults = faults;
  }

  /**
   * Reads the text of a file; an empty one is an empty mapping.
   *
   * @throws SettingsException when it is not YAML, or no mapping
   */
  public static Settings parse(Path file, String text) throws SettingsException {
    Settings settings = new Settings(file, "", new ArrayList<>());
    Optional<Node> root = compose(file, text);
    if (root.isPresent() && !isAbsent(root.get())) {
      settings.take(root.get(), 1);
    }
    return settings;
  }

  private static Optional<Node> compose(Path file, String text) throws SettingsException {
    LoadSettings load =
        LoadSettings.builder()
            .setLabel(file.toString())
            .setCodePointLimit(FILE_CHARACTERS_LIMIT)
            .build();
    try {
      return new Compose(load).composeString(text);
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      throw new SettingsException(
          List.of(file + ":" + line + ": this is not YAML: " + e.getProblem()));
    } catch (YamlEngineException e) {
      throw new SettingsException(List.of(file + ": this is not YAML: " + e.getMessage()));
    }
  }

  private void take(Node node, int line) {
    if (!(node instanceof MappingNode mapping)) {
      fault(line, (prefix.isEmpty() ? "the file" : name("")) + " must be a mapping of keys");
      return;
    }
    for (NodeTuple tuple : mapping.getValue()) {
      int keyLine = lineOf(tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        fault(keyLine, "a key must be a plain word");
      } else if (entries.put(key.getValue(), new Entry(keyLine, tuple.getValueNode())) != null) {
        fault(keyLine, "key '" + name(key.getValue()) + "' stands twice");
      }
    }
  }

  /** The mapping under the key; an empty one when the key is absent. */
  public Settings section(String key) {
    Settings section = new Settings(file, prefix + key + ".", faults);
    find(key).ifPresent(entry -> section.take(entry.value(), entry.line()));
    sections.add(section);
    return section;
  }

  /** Whether the key has a value. */
  public boolean has(String key) {
    return find(key).isPresent();
  }

  public String text(String key, String absent) {
    return scalar(key, absent, text -> text, "a text");
  }

  /** A text without which the program cannot run. */
  public String requiredText(String key) {
    if (!has(key)) {
      faults.add(file + ": key '" + name(key) + "' is missing");
    }
    return text(key, "");
  }

  public boolean flag(String key, boolean absent) {
    return scalar(key, absent, Settings::flagOf, "true or false");
  }

  /** A whole number within bounds, both included. */
  public long number(String key, long absent, long lowest, long highest) {
    return scalar(
        key,
        absent,
        text -> {
          try {
            long value = Long.parseLong(text);
            return value >= lowest && value <= highest ? value : null;
          } catch (NumberFormatException e) {
            return null;
          }
        },
        "a whole number from " + lowest + " to " + highest);
  }

  /** One of an enum's constants, written in lower case. */
  public <E extends Enum<E>> E choice(String key, E absent) {
    E[] constants = absent.getDeclaringClass().getEnumConstants();
    List<String> words =
        Arrays.stream(constants).map(e -> e.name().toLowerCase(Locale.ROOT)).toList();
    return scalar(
        key,
        absent,
        text -> words.contains(text) ? constants[words.indexOf(text)] : null,
        String.join(", ", words));
  }

  /** A path; a relative one starts at the file's directory. */
  public Path path(String key, Path absent) {
    return scalar(
        key,
        absent,
        text -> {
          try {
            return text.isEmpty() ? null : besides(Path.of(text));
          } catch (InvalidPathException e) {
            return null;
          }
        },
        "a path");
  }

  /** The path as if it stood in the file: a relative one starts at the file's directory. */
  public Path besides(Path path) {
    return file.toAbsolutePath().resolveSibling(path).normalize();
  }

  /** A value of a form of its own; the parser returns null or throws for what it cannot read. */
  public <T> T value(String key, T absent, Function<String, @Nullable T> parser, String form) {
    return scalar(key, absent, parser, form);
  }

  /** A mapping of keys that people choose to texts; empty when the key is absent. */
  public SortedMap<String, String> texts(String key, Pattern keyForm, int limit) {
    Optional<Entry> entry = find(key);
    SortedMap<String, String> texts = new TreeMap<>();
    String form = "a mapping of at most " + limit + " words to texts, such as {rack: r1}";
    if (entry.isPresent() && entry.get().value() instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        if (tuple.getKeyNode() instanceof ScalarNode word
            && tuple.getValueNode() instanceof ScalarNode text
            && keyForm.matcher(word.getValue()).matches()
            && !isAbsent(text)) {
          texts.put(word.getValue(), text.getValue());
        } else {
          fault(lineOf(tuple.getKeyNode()), "key '" + name(key) + "' must be " + form);
        }
      }
    }
    boolean right = entry.isEmpty() || entry.get().value() instanceof MappingNode;
    if (!right || texts.size() > limit) {
      fault(entry.map(Entry::line).orElse(1), "key '" + name(key) + "' must be " + form);
    }
    return texts;
  }

  /** A list of words; empty when the key is absent. */
  public SortedSet<String> words(String key, Pattern form, int limit) {
    Optional<Entry> entry = find(key);
    SortedSet<String> words = new TreeSet<>();
    boolean right = entry.isEmpty() || entry.get().value() instanceof SequenceNode;
    if (entry.isPresent() && entry.get().value() instanceof SequenceNode list) {
      for (Node item : list.getValue()) {
        right &=
            item instanceof ScalarNode word
                && form.matcher(word.getValue()).matches()
                && words.add(word.getValue());
      }
    }
    if (!right || words.size() > limit) {
      fault(
          entry.map(Entry::line).orElse(1),
          "key '" + name(key) + "' must be a list of at most " + limit + " words, each once");
    }
    return words;
  }

  /** Reports a fault of the key's value that only the program can see. */
  public void fault(String key, String problem) {
    Entry entry = entries.get(key);
    fault(entry == null ? 1 : entry.line(), "key '" + name(key) + "': " + problem);
  }

  /**
   * Ends the reading.
   *
   * @throws SettingsException with all faults of the file
   */
  public void check() throws SettingsException {
    refuseUnknown();
    if (!faults.isEmpty()) {
      throw new SettingsException(faults);
    }
  }

  private void refuseUnknown() {
    entries.forEach(
        (key, entry) -> {
          if (!asked.contains(key)) {
            fault(
                entry.line(),
                "unknown key '"
                    + name(key)
                    + "'; "
                    + Suggestion.nearest(key, asked)
                        .map(word -> "did you mean '" + name(word) + "'?")
                        .orElse("known here: " + String.join(", ", asked)));
          }
        });
    sections.forEach(Settings::refuseUnknown);
  }

  private <T> T scalar(String key, T absent, Function<String, @Nullable T> parser, String form) {
    Optional<Entry> entry = find(key);
    if (entry.isEmpty()) {
      return absent;
    }
    T value = null;
    if (entry.get().value() instanceof ScalarNode scalar) {
      value = parsed(parser, scalar.getValue());
    }
    if (value == null) {
      fault(entry.get().line(), "key '" + name(key) + "' must be " + form);
      return absent;
    }
    return value;
  }

  private static <T> @Nullable T parsed(Function<String, @Nullable T> parser, String text) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable Boolean flagOf(String text) {
    return switch (text) {
      case "true" -> Boolean.TRUE;
      case "false" -> Boolean.FALSE;
      default -> null;
    };
  }

  private Optional<Entry> find(String key) {
    asked.add(key);
    return Optional.ofNullable(entries.get(key)).filter(entry -> !isAbsent(entry.value()));
  }

  private static boolean isAbsent(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private String name(String key) {
    return key.isEmpty() && !prefix.isEmpty()
        ? prefix.substring(0, prefix.length() - 1)
        : prefix + key;
  }

  private void fault(int line, String problem) {
    faults.add(file + ":" + line + ": " + problem);
  }

  private static int lineOf(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }
}

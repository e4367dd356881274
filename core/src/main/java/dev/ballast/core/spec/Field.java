package dev.ballast.core.spec;

import dev.ballast.core.settings.Suggestion;
import dev.ballast.core.spec.YamlNode.Broken;
import dev.ballast.core.spec.YamlNode.Mapping;
import dev.ballast.core.spec.YamlNode.Scalar;
import dev.ballast.core.spec.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.regex.Pattern;

/**
 * A written value under its key. Each reader gives the value, or tells the fault and gives nothing.
 *
 * @param key from the document's root, such as {@code disks[0].path}
 */
record Field(String key, YamlNode node, Reading reading) {
  private static final Pattern WHOLE_NUMBER = Pattern.compile("0|[1-9][0-9]{0,8}");

  Location at() {
    return node.at();
  }

  void fault(String message) {
    reading.faults().add(at(), message);
  }

  void fault(String message, Optional<String> hint) {
    reading.faults().add(at(), message, hint);
  }

  void fault(String message, String hint) {
    reading.faults().add(at(), message, hint);
  }

  /** Text of one line, which may be empty only within quotes. */
  Optional<String> text(int lengthLimit) {
    return scalar("text").map(Scalar::text).filter(text -> isLine(text, lengthLimit));
  }

  private boolean isLine(String text, int lengthLimit) {
    if (text.length() > lengthLimit) {
      fault("'" + key + "' has " + text.length() + " characters: at most " + lengthLimit);
      return false;
    }
    var bad = Texts.firstUnprintable(text);
    if (bad.isEmpty()) {
      return true;
    }
    if (bad.getAsInt() == '\n') {
      fault("'" + key + "' has a line break", "write it on one line, or after '>-'");
    } else {
      fault("'" + key + "' holds the character " + Quoted.name(bad.getAsInt()), "remove it");
    }
    return false;
  }

  /** Text of several lines. */
  Optional<String> lines(int lengthLimit) {
    Optional<String> text = scalar("text of several lines, after '|'").map(Scalar::text);
    if (text.isPresent() && text.get().length() > lengthLimit) {
      fault("'" + key + "' has " + text.get().length() + " characters: at most " + lengthLimit);
      return Optional.empty();
    }
    return text;
  }

  /** Text of that form. */
  Optional<String> text(Pattern form, String what) {
    Optional<String> text = text(SpecParser.TEXT_LIMIT);
    if (text.isPresent() && !form.matcher(text.get()).matches()) {
      fault("'" + key + "' is " + what + ", not " + Quoted.of(text.get()));
      return Optional.empty();
    }
    return text;
  }

  Optional<Integer> wholeNumber(int min, int max) {
    Optional<Scalar> scalar = scalar("a number");
    if (scalar.isEmpty()) {
      return Optional.empty();
    }
    String text = scalar.get().text();
    String what = "'" + key + "' is a whole number from " + min + " to " + max;
    if (!WHOLE_NUMBER.matcher(text).matches()) {
      fault(what + ", not " + Quoted.of(text));
      return Optional.empty();
    }
    int number = Integer.parseInt(text);
    if (number < min || number > max) {
      fault(what + ", not " + number);
      return Optional.empty();
    }
    if (!scalar.get().plain()) {
      fault(what + ", here it is text in quotes", "write " + number + " without quotes");
      return Optional.empty();
    }
    return Optional.of(number);
  }

  Optional<Boolean> bool() {
    Optional<Scalar> scalar = scalar("true or false");
    if (scalar.isEmpty()) {
      return Optional.empty();
    }
    String text = scalar.get().text();
    if (scalar.get().plain() && (text.equals("true") || text.equals("false"))) {
      return Optional.of(text.equals("true"));
    }
    Optional<String> hint =
        switch (text.toLowerCase(Locale.ROOT)) {
          case "yes", "on", "true", "1" -> Optional.of("write true, without quotes");
          case "no", "off", "false", "0" -> Optional.of("write false, without quotes");
          default -> Optional.empty();
        };
    fault("'" + key + "' is true or false, not " + Quoted.of(text), hint);
    return Optional.empty();
  }

  /** One of the constants, written in lower case. */
  <E extends Enum<E>> Optional<E> choice(Class<E> type) {
    List<E> constants = List.of(type.getEnumConstants());
    return choice(constants.stream().map(Field::word).toList())
        .map(
            word -> constants.stream().filter(c -> word(c).equals(word)).findFirst().orElseThrow());
  }

  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  Optional<String> choice(List<String> words) {
    Optional<Scalar> scalar = scalar(alternatives(words));
    if (scalar.isEmpty()) {
      return Optional.empty();
    }
    String text = scalar.get().text();
    if (words.contains(text)) {
      return Optional.of(text);
    }
    Optional<String> hint =
        text.equalsIgnoreCase("false") && words.contains("off")
            ? Optional.of("did you mean 'off'?")
            : Suggestion.hint(text, words);
    fault("'" + key + "' is " + alternatives(words) + ", not " + Quoted.of(text), hint);
    return Optional.empty();
  }

  private static String alternatives(List<String> words) {
    String all = String.join(", ", words);
    int last = all.lastIndexOf(", ");
    return last < 0 ? all : all.substring(0, last) + " or " + all.substring(last + 2);
  }

  /** The items of a list. */
  Optional<List<Field>> items(int sizeLimit, String example) {
    Optional<YamlNode> value = present("a list, such as " + example);
    if (value.isEmpty() || !(value.get() instanceof Sequence list)) {
      value.ifPresent(other -> wrongType("a list, such as " + example, other));
      return Optional.empty();
    }
    if (list.items().size() > sizeLimit) {
      fault("'" + key + "' has " + list.items().size() + " items: at most " + sizeLimit);
      return Optional.empty();
    }
    List<Field> items = new ArrayList<>();
    for (YamlNode item : list.items()) {
      items.add(reading.field(key + "[" + items.size() + "]", item));
    }
    return Optional.of(items);
  }

  /** A mapping of exactly these keys, none of them yet required. */
  Optional<Section> section(String... known) {
    return section(new LinkedHashSet<>(Arrays.asList(known)));
  }

  private Optional<Section> section(SequencedSet<String> known) {
    return mapping("a mapping of " + String.join(", ", known))
        .map(mapping -> Section.of(this, mapping, known));
  }

  /** A mapping whose keys are the writer's. */
  Optional<Mapping> mapping(String what) {
    Optional<YamlNode> value = present(what);
    if (value.isPresent() && value.get() instanceof Mapping mapping) {
      return Optional.of(mapping);
    }
    value.ifPresent(other -> wrongType(what, other));
    return Optional.empty();
  }

  private Optional<Scalar> scalar(String what) {
    Optional<YamlNode> value = present(what);
    if (value.isPresent() && value.get() instanceof Scalar scalar) {
      return Optional.of(scalar);
    }
    value.ifPresent(other -> wrongType(what, other));
    return Optional.empty();
  }

  private Optional<YamlNode> present(String what) {
    if (node instanceof Broken) {
      return Optional.empty();
    }
    if (node instanceof Scalar scalar && scalar.isNull()) {
      fault("'" + key + "' has no value: it is " + what, "write one, or remove the key");
      return Optional.empty();
    }
    return Optional.of(node);
  }

  private void wrongType(String what, YamlNode found) {
    String subject = key.isEmpty() ? "a document" : "'" + key + "'";
    String type =
        switch (found) {
          case Scalar scalar -> Quoted.of(scalar.text());
          case Sequence list -> "a list";
          case Mapping mapping -> "a mapping";
          case Broken broken -> "unreadable";
        };
    fault(subject + " is " + what + ", not " + type);
  }
}

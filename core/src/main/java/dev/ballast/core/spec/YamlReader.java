package dev.ballast.core.spec;

import dev.ballast.core.spec.YamlNode.Broken;
import dev.ballast.core.spec.YamlNode.Entry;
import dev.ballast.core.spec.YamlNode.Mapping;
import dev.ballast.core.spec.YamlNode.Scalar;
import dev.ballast.core.spec.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads one file's documents from the parser's events. It builds the nodes itself, since the
 * library's composer stops at the first duplicate key and recurses as deep as the input says.
 */
final class YamlReader {
  /** Lists and mappings lie at most so deep in one another. */
  static final int DEPTH_LIMIT = 32;

  /** Of the parser's own messages so many characters are shown. */
  private static final int MESSAGE_LIMIT = 200;

  private final SourceFile file;
  private final Faults faults;
  private final Iterator<Event> events;

  YamlReader(SourceFile file, String content, Faults faults) {
    this.file = file;
    this.faults = faults;
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(file.path())
            .setCodePointLimit(SpecParser.FILE_BYTES_LIMIT)
            .build();
    this.events = new Parse(settings).parseString(content).iterator();
  }

  /** The documents that hold something, up to the first error of syntax or excess of depth. */
  List<YamlNode> documents() {
    List<YamlNode> documents = new ArrayList<>();
    try {
      while (events.hasNext()) {
        if (events.next().getEventId() == Event.ID.DocumentStart) {
          YamlNode root = node(events.next(), 0);
          if (!isEmpty(root)) {
            documents.add(root);
          }
        }
      }
    } catch (TooDeepException e) {
      faults.add(e.at, "this lies deeper than " + DEPTH_LIMIT + " lists and mappings");
    } catch (MarkedYamlEngineException e) {
      syntax(place(e.getProblemMark().or(e::getContextMark)), e);
    } catch (YamlEngineException e) {
      faults.add(new Location(file.path(), 1, 1), "this is not YAML: " + oneLine(e.getMessage()));
    } catch (IndexOutOfBoundsException e) {
      // The parser's own fault with some texts that are no YAML; it does not say where.
      faults.add(new Location(file.path(), 1, 1), "this is not YAML that can be read");
    }
    return documents;
  }

  /** Ends the reading of a file, since the time that the parser takes grows with depth squared. */
  private static final class TooDeepException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Location at;

    TooDeepException(Location at) {
      this.at = at;
    }
  }

  private static boolean isEmpty(YamlNode root) {
    return root instanceof Scalar scalar && scalar.plain() && scalar.text().isEmpty();
  }

  private YamlNode node(Event event, int depth) {
    Location at = place(event.getStartMark());
    return switch (event.getEventId()) {
      case Scalar -> scalar((ScalarEvent) event, at);
      case Alias -> alias((AliasEvent) event, at);
      case SequenceStart, MappingStart -> collection((CollectionStartEvent) event, at, depth);
      case StreamStart, StreamEnd, DocumentStart, DocumentEnd, SequenceEnd, MappingEnd, Comment ->
          throw new IllegalStateException("the parser gave " + event + " for a value");
    };
  }

  private YamlNode scalar(ScalarEvent event, Location at) {
    if (event.getTag().isPresent()) {
      return tagged(event.getTag().get(), at);
    }
    return new Scalar(at, event.getValue(), event.isPlain());
  }

  private YamlNode tagged(String tag, Location at) {
    faults.add(at, "tags such as " + Quoted.of(tag) + " are not read", "write the plain value");
    return new Broken(at);
  }

  private YamlNode alias(AliasEvent event, Location at) {
    faults.add(
        at,
        "aliases such as " + Quoted.of("*" + event.getAlias()) + " are not read",
        "write the value out");
    return new Broken(at);
  }

  private YamlNode collection(CollectionStartEvent event, Location at, int depth) {
    if (depth == DEPTH_LIMIT) {
      throw new TooDeepException(at);
    }
    YamlNode read =
        event.getEventId() == Event.ID.MappingStart ? mapping(at, depth) : list(at, depth);
    return event.getTag().isPresent() ? tagged(event.getTag().get(), at) : read;
  }

  private Sequence list(Location at, int depth) {
    List<YamlNode> items = new ArrayList<>();
    Event event = events.next();
    while (event.getEventId() != Event.ID.SequenceEnd) {
      items.add(node(event, depth + 1));
      event = events.next();
    }
    return new Sequence(at, items);
  }

  private Mapping mapping(Location at, int depth) {
    SequencedMap<String, Entry> entries = new LinkedHashMap<>();
    Event event = events.next();
    while (event.getEventId() != Event.ID.MappingEnd) {
      YamlNode key = node(event, depth + 1);
      YamlNode value = node(events.next(), depth + 1);
      put(entries, key, value);
      event = events.next();
    }
    return new Mapping(at, entries);
  }

  private void put(SequencedMap<String, Entry> entries, YamlNode key, YamlNode value) {
    switch (key) {
      case Scalar scalar -> putKey(entries, scalar, value);
      case Sequence list -> faults.add(list.at(), "a key is a word, not a list");
      case Mapping mapping -> faults.add(mapping.at(), "a key is a word, not a mapping");
      case Broken broken -> {}
    }
  }

  private void putKey(SequencedMap<String, Entry> entries, Scalar key, YamlNode value) {
    if (key.text().isEmpty()) {
      faults.add(key.at(), "the key before ':' is missing");
      return;
    }
    Entry first = entries.get(key.text());
    if (first != null) {
      faults.add(
          key.at(),
          "key " + Quoted.of(key.text()) + " is written twice",
          "first on line " + first.keyAt().line());
      return;
    }
    entries.put(key.text(), new Entry(key.at(), value));
  }

  private void syntax(Location at, MarkedYamlEngineException e) {
    String problem = e.getProblem() == null ? "" : e.getProblem();
    if (problem.contains("TAB")) {
      faults.add(at, "a tab stands where YAML wants spaces", "indent with spaces");
      return;
    }
    String context = e.getContext() == null ? "" : e.getContext() + ": ";
    faults.add(at, "this is not YAML: " + oneLine(context + problem));
  }

  private static String oneLine(@Nullable String message) {
    String text = message == null ? "" : message;
    return Quoted.shown(text.replaceAll("\\s+", " ").strip(), MESSAGE_LIMIT);
  }

  private Location place(Optional<Mark> mark) {
    return mark.map(m -> new Location(file.path(), m.getLine() + 1, m.getColumn() + 1))
        .orElse(new Location(file.path(), 1, 1));
  }
}

package dev.ballast.core.spec;

import dev.ballast.core.settings.Suggestion;
import dev.ballast.core.spec.YamlNode.Entry;
import dev.ballast.core.spec.YamlNode.Mapping;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;

/** A mapping of known keys. */
final class Section {
  private final Field owner;
  private final Map<String, Field> fields;

  private Section(Field owner, Map<String, Field> fields) {
    this.owner = owner;
    this.fields = fields;
  }

  /** Tells a fault for every key that is not known. */
  static Section of(Field owner, Mapping mapping, SequencedSet<String> known) {
    Map<String, Field> fields = new LinkedHashMap<>();
    for (Map.Entry<String, Entry> entry : mapping.entries().entrySet()) {
      String key = entry.getKey();
      if (known.contains(key)) {
        fields.put(key, owner.reading().field(path(owner, key), entry.getValue().value()));
      } else {
        unknown(owner, key, entry.getValue().keyAt(), known);
      }
    }
    return new Section(owner, fields);
  }

  private static void unknown(Field owner, String key, Location at, SequencedSet<String> known) {
    String where = owner.key().isEmpty() ? "" : " in '" + owner.key() + "'";
    Optional<String> hint =
        key.equals("<<")
            ? Optional.of("merge keys are not read: write the values out")
            : Suggestion.hint(key, known)
                .or(() -> Optional.of("known: " + String.join(", ", known)));
    owner.reading().faults().add(at, "unknown key " + Quoted.of(key) + where, hint);
  }

  private static String path(Field owner, String key) {
    return owner.key().isEmpty() ? key : owner.key() + "." + key;
  }

  Optional<Field> get(String key) {
    return Optional.ofNullable(fields.get(key));
  }

  /** The field, whose absence is a fault with that remedy. */
  Optional<Field> require(String key, String remedy) {
    Optional<Field> field = get(key);
    if (field.isEmpty()) {
      owner.fault("key '" + path(owner, key) + "' is missing", remedy);
    }
    return field;
  }
}

package dev.ballast.core.spec;

import java.util.Map;

/** Where the faults and the places of one document go. */
record Reading(Faults faults, Map<String, Location> at) {
  /** The field of that key, whose place is remembered. */
  Field field(String key, YamlNode node) {
    at.put(key, node.at());
    return new Field(key, node, this);
  }
}

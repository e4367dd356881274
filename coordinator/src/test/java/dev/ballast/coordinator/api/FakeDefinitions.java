package dev.ballast.coordinator.api;

import dev.ballast.coordinator.cluster.DefinitionQueries;
import dev.ballast.core.model.HostName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Agents that answer what a test put here. */
final class FakeDefinitions implements DefinitionQueries {
  final Map<String, String> xmls = new HashMap<>();
  final List<String> leftOut = new ArrayList<>();
  final List<String> asked = new ArrayList<>();
  Optional<String> silence = Optional.empty();

  @Override
  public Definition definition(HostName host, String domain) throws Unanswered {
    asked.add(host + "/" + domain);
    if (silence.isPresent()) {
      throw new Unanswered(silence.get());
    }
    return new Definition(
        Optional.ofNullable(xmls.get(domain)), xmls.containsKey(domain) ? "" : "is transient");
  }

  @Override
  public List<String> leftOut(HostName host) {
    return leftOut;
  }
}

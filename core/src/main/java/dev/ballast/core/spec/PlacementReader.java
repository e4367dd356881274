package dev.ballast.core.spec;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.PlacementRules;
import dev.ballast.core.model.SpreadRule;
import dev.ballast.core.model.VmName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;

/** Reads what a VM's {@code placement} says. */
final class PlacementReader {
  static final String[] KEYS = {
    "hosts", "notHosts", "hostLabels", "tolerates", "affinity", "antiAffinity", "spread"
  };

  private PlacementReader() {}

  static PlacementRules rules(Optional<Section> placement, Map<String, Location> at) {
    SortedSet<HostName> banned =
        names(
            placement,
            "notHosts",
            VmReader.HOST_LIMIT,
            (name, place) -> {
              HostName host = new HostName(name);
              at.put(LocatedVm.bannedKey(host), place);
              return host;
            });
    return new PlacementRules(
        banned,
        placement
            .flatMap(present -> present.get("hostLabels"))
            .map(VmReader::labels)
            .orElseGet(TreeMap::new),
        groups(placement, "tolerates"),
        groups(placement, "affinity"),
        placement.flatMap(present -> present.get("spread")).flatMap(PlacementReader::spread));
  }

  private static SortedSet<String> groups(Optional<Section> placement, String key) {
    return names(placement, key, VmReader.GROUP_LIMIT, (group, place) -> group);
  }

  private static Optional<SpreadRule> spread(Field field) {
    Optional<Section> spread = field.section("group", "over", "atMost");
    Optional<String> group =
        spread
            .flatMap(section -> section.require("group", "name the group that is spread"))
            .flatMap(name -> name.text(VmName.FORM, VmReader.NAME_FORM));
    String over =
        spread
            .flatMap(section -> section.get("over"))
            .flatMap(
                label -> label.text(VmReader.LABEL_KEY, "the key of a label of hosts, or 'host'"))
            .orElse(SpreadRule.EACH_HOST);
    int atMost =
        spread
            .flatMap(section -> section.get("atMost"))
            .flatMap(number -> number.wholeNumber(1, SpreadRule.LIMIT))
            .orElse(1);
    return group.map(name -> new SpreadRule(name, over, atMost));
  }

  // One faulty name makes the whole list harmless: a shorter list would mean something else.
  static <T extends Comparable<? super T>> SortedSet<T> names(
      Optional<Section> section, String key, int limit, BiFunction<String, Location, T> make) {
    SortedSet<T> names = new TreeSet<>();
    List<Field> items =
        section
            .flatMap(present -> present.get(key))
            .flatMap(field -> field.items(limit, "[a, b]"))
            .orElse(List.of());
    boolean faulty = false;
    for (Field item : items) {
      Optional<String> name = item.text(VmName.FORM, VmReader.NAME_FORM);
      if (name.isEmpty()) {
        faulty = true;
      } else if (!names.add(make.apply(name.get(), item.at()))) {
        item.fault("'" + name.get() + "' is listed twice");
      }
    }
    return faulty ? new TreeSet<>() : names;
  }
}

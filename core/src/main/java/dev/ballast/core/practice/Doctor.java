package dev.ballast.core.practice;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.Snapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** All rules, held against hosts. Pure. */
public final class Doctor {
  /** So many findings are told; what mends them shows the others. */
  public static final int FINDING_LIMIT = 5_000;

  private static final List<Rule> RULES =
      List.of(
          new KsmRule(),
          new CpuModelRule(),
          new CacheModeRule(),
          new EmulatedDiskRule(),
          new EmulatedNicRule(),
          new NeedlessDeviceRule(),
          new MissingLimitsRule(),
          new AcrossNodesRule(),
          new OverlappingPinsRule(),
          new ClockRule(),
          new OtherOwnerRule());

  private Doctor() {}

  /** All rules by their ids. */
  public static List<Rule> rules() {
    return RULES;
  }

  /**
   * Holds rules against hosts.
   *
   * @param hosts those to look at; empty for all
   * @param rules ids of the rules to apply; empty for all
   * @return the worst first, then by rule, host and VM; at most {@link #FINDING_LIMIT}
   */
  public static List<Finding> examine(Snapshot snapshot, Set<HostName> hosts, Set<String> rules) {
    List<Finding> findings = new ArrayList<>();
    for (HostView host : snapshot.hosts().values()) {
      if (!hosts.isEmpty() && !hosts.contains(host.name())) {
        continue;
      }
      for (Rule rule : RULES) {
        if (rules.isEmpty() || rules.contains(rule.id())) {
          findings.addAll(rule.examine(snapshot, host));
        }
      }
    }
    return findings.stream()
        .sorted(
            Comparator.comparing(Finding::severity)
                .reversed()
                .thenComparing(Finding::rule)
                .thenComparing(Finding::host)
                .thenComparing(finding -> finding.vm().map(Object::toString).orElse("")))
        .limit(FINDING_LIMIT)
        .toList();
  }

  /** Ids that no rule has. */
  public static Set<String> unknown(Set<String> rules) {
    Set<String> unknown = new TreeSet<>(rules);
    RULES.forEach(rule -> unknown.remove(rule.id()));
    return unknown;
  }
}

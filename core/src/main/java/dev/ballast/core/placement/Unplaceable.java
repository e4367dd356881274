package dev.ballast.core.placement;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmName;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * No host can take a VM.
 *
 * @param vetoes of every host; empty when there is no host at all
 */
public record Unplaceable(VmName vm, SortedMap<HostName, List<Veto>> vetoes) {
  /** At most so many hosts are named in the message. */
  public static final int HOSTS_NAMED = 20;

  public Unplaceable {
    vetoes = Collections.unmodifiableSortedMap(new TreeMap<>(vetoes));
  }

  /** One sentence for people: each host with its reasons, and the smallest change that helps. */
  public String message() {
    if (vetoes.isEmpty()) {
      return "no host can take " + vm + ": no host is known; smallest change: start an agent";
    }
    StringBuilder text = new StringBuilder("no host can take ").append(vm);
    int named = 0;
    for (Map.Entry<HostName, List<Veto>> entry : vetoes.entrySet()) {
      if (named == HOSTS_NAMED) {
        text.append("; and ").append(vetoes.size() - named).append(" more hosts");
        break;
      }
      text.append(named++ == 0 ? ": " : "; ").append(entry.getKey()).append(' ');
      text.append(String.join(", ", entry.getValue().stream().map(Veto::reason).toList()));
    }
    List<Veto> easiest = easiest();
    return text.append("; smallest change: ")
        .append(String.join(" and ", easiest.stream().map(Veto::smallestChange).toList()))
        .toString();
  }

  /** The vetoes of the host that has fewest, then of the first by name. */
  private List<Veto> easiest() {
    List<Veto> best = vetoes.firstEntry().getValue();
    for (List<Veto> candidate : vetoes.values()) {
      if (candidate.size() < best.size()) {
        best = candidate;
      }
    }
    return best;
  }
}

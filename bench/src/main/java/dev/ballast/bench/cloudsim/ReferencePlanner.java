package dev.ballast.bench.cloudsim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One decision of CloudSim's power policies with minimum migration time: hosts that the detector
 * finds over their limit give away the VM with least memory until they are not; VMs go, largest
 * first, to the host whose power grows least; then hosts, least used first, are emptied if all
 * their VMs fit elsewhere. Targets that a VM was just given may be emptied too: it then migrates
 * twice at once, as there.
 */
final class ReferencePlanner {
  /** A VM goes to a host. */
  record Move(ReferenceVm vm, ReferenceHost to) {}

  /** A host as the plan so far leaves it. */
  private static final class Draft {
    final ReferenceHost host;
    final List<ReferenceVm> vms;
    double free;
    double allocated;
    double requested;
    double forecast;
    int withForecast;
    boolean isSource;
    boolean isTarget = true;

    Draft(ReferenceHost host) {
      this.host = host;
      this.vms = new ArrayList<>(host.vms);
      count();
    }

    void count() {
      free = host.mips;
      requested = 0;
      forecast = 0;
      withForecast = 0;
      double capped = 0;
      boolean isShort = false;
      for (ReferenceVm vm : vms) {
        double need = Math.min(vm.requested, host.coreMips);
        capped += need;
        isShort |= free < need;
        free = free < need ? 0 : free - need;
        requested += vm.requested;
        forecast += vm.forecast();
        withForecast += vm.hasForecast() ? 1 : 0;
      }
      allocated = 0;
      for (ReferenceVm vm : vms) {
        double need = Math.min(vm.requested, host.coreMips);
        allocated += isShort ? Math.floor(need * host.mips / capped) : need;
      }
    }
  }

  private final Detector detector;
  private final List<Draft> drafts;
  private final List<Move> moves = new ArrayList<>();

  ReferencePlanner(Detector detector, List<ReferenceHost> hosts) {
    this.detector = detector;
    this.drafts = hosts.stream().map(Draft::new).toList();
  }

  List<Move> plan() {
    List<Draft> over = drafts.stream().filter(this::isOver).toList();
    List<ReferenceVm> leaving = new ArrayList<>();
    for (Draft draft : over) {
      draft.isTarget = false;
      relieve(draft, leaving);
    }
    largestFirst(leaving);
    for (ReferenceVm vm : leaving) {
      Draft target = target(vm);
      if (target != null) {
        give(vm, target);
        moves.add(new Move(vm, target.host));
      }
    }
    empty();
    return moves;
  }

  private boolean isOver(Draft draft) {
    double mips = draft.host.mips;
    return detector.isOver(draft.requested / mips, draft.forecast / mips, draft.withForecast > 0);
  }

  private void relieve(Draft draft, List<ReferenceVm> leaving) {
    do {
      if (draft.vms.isEmpty()) {
        return;
      }
      ReferenceVm least = draft.vms.getFirst();
      for (ReferenceVm vm : draft.vms) {
        least = vm.memory < least.memory ? vm : least;
      }
      leaving.add(least);
      draft.vms.remove(least);
      draft.count();
    } while (isOver(draft));
  }

  private static void largestFirst(List<ReferenceVm> vms) {
    vms.sort(Comparator.comparingDouble((ReferenceVm vm) -> vm.requested).reversed());
  }

  private static void give(ReferenceVm vm, Draft target) {
    target.vms.add(vm);
    target.count();
  }

  /** The host whose power grows least; that a host is switched on costs nothing here, as there. */
  private @Nullable Draft target(ReferenceVm vm) {
    double least = Double.MAX_VALUE;
    Draft best = null;
    double forecast = vm.forecast();
    boolean hasForecast = vm.hasForecast();
    for (Draft draft : drafts) {
      ReferenceHost host = draft.host;
      if (!draft.isTarget || host.coreMips < vm.requested || draft.free < vm.requested) {
        continue;
      }
      if (host.utilisation() != 0
          && detector.isOver(
              (draft.requested + vm.requested) / host.mips,
              (draft.forecast + forecast) / host.mips,
              hasForecast || draft.withForecast > 0)) {
        continue;
      }
      double more = host.wattsAt(draft.allocated + vm.requested) - host.watts();
      if (more < least) {
        least = more;
        best = draft;
      }
    }
    return best;
  }

  private void empty() {
    for (Draft draft : drafts) {
      draft.isSource = draft.isTarget && draft.host.utilisation() > 0;
      draft.isTarget = draft.isSource;
    }
    for (Draft draft = leastUsed(); draft != null; draft = leastUsed()) {
      draft.isSource = false;
      draft.isTarget = false;
      empty(draft);
    }
  }

  private @Nullable Draft leastUsed() {
    double least = 1;
    Draft found = null;
    for (Draft draft : drafts) {
      double utilisation = draft.host.utilisation();
      if (draft.isSource && !draft.vms.isEmpty() && utilisation < least) {
        least = utilisation;
        found = draft;
      }
    }
    return found;
  }

  private void empty(Draft draft) {
    List<ReferenceVm> leaving = new ArrayList<>(draft.vms);
    largestFirst(leaving);
    List<Draft> targets = new ArrayList<>();
    for (ReferenceVm vm : leaving) {
      Draft target = target(vm);
      if (target == null) {
        for (int back = 0; back < targets.size(); back++) {
          targets.get(back).vms.remove(leaving.get(back));
          targets.get(back).count();
        }
        return;
      }
      give(vm, target);
      targets.add(target);
    }
    for (int i = 0; i < targets.size(); i++) {
      targets.get(i).isSource = false;
      moves.add(new Move(leaving.get(i), targets.get(i).host));
    }
  }
}

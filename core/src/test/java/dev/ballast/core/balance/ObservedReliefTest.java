package dev.ballast.core.balance;

import static dev.ballast.core.sample.Sample.host;
import static dev.ballast.core.sample.Sample.lab;
import static dev.ballast.core.sample.Sample.snapshot;
import static dev.ballast.core.sample.Sample.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.balance.ReliefDecision.Repin;
import dev.ballast.core.balance.ReliefDecision.Wait;
import dev.ballast.core.model.CpuAlert;
import dev.ballast.core.model.HostLoad;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmLoad;
import dev.ballast.core.sample.Cluster;
import dev.ballast.core.sample.Sample;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ObservedReliefTest {
  private static final HostName H1 = host("h1");

  @Test
  void anObservedHostGetsARecommendationInWordsAndNoPlan() {
    Snapshot hot = hot();
    Snapshot observed = Sample.with(hot, hot.hosts().get(H1).withObserveOnly(true));

    assertThat(decide(hot)).isInstanceOf(Repin.class);
    ReliefDecision decision = decide(observed);

    assertThat(decision).isInstanceOf(Wait.class);
    assertThat(decision.history()).isEqualTo(ReliefHistory.EMPTY);
    assertThat(decision.decision().kind()).isEqualTo("wait");
    assertThat(decision.decision().reason())
        .contains("h1 is only observed", "recommended to do by hand: pin web-1: vcpu0 to 1");
    assertThat(decision.decision().gain()).contains("points less");
  }

  private static ReliefDecision decide(Snapshot snapshot) {
    CpuAlert alert =
        new CpuAlert(
            1,
            1,
            CpuAlert.Kind.HOT_CPUS,
            CpuSet.of(0),
            3000,
            900,
            List.copyOf(snapshot.specs().keySet()));
    return new ObservedRelief(new RepinRelief())
        .decide(
            snapshot, H1, alert, Map.of(), ReliefPolicy.DEFAULT, ReliefHistory.EMPTY, 1_000_000);
  }

  private static Snapshot hot() {
    List<String> names = List.of("web-1", "web-2", "web-3");
    Snapshot snapshot =
        Cluster.running(
            snapshot(lab("h1")),
            spec("web-1", UnaryOperator.identity()),
            spec("web-2", UnaryOperator.identity()),
            spec("web-3", UnaryOperator.identity()));
    for (String name : names) {
      snapshot = Cluster.pinnedOnce(snapshot, name, 0);
    }
    List<VmLoad> loads =
        snapshot.specs().keySet().stream().map(vm -> new VmLoad(vm, 333, 667)).toList();
    HostLoad load = new HostLoad(1_000_000, 999, 0, List.of(), loads);
    return Sample.with(snapshot, Sample.with(snapshot.hosts().get(H1), load));
  }
}

package dev.ballast.core.drift;

import static dev.ballast.core.sample.Sample.MIB;
import static dev.ballast.core.sample.Sample.host;
import static dev.ballast.core.sample.Sample.lab;
import static dev.ballast.core.sample.Sample.snapshot;
import static dev.ballast.core.sample.Sample.spec;
import static dev.ballast.core.sample.Sample.vm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainState;
import dev.ballast.core.model.HostView;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.ObservedDomain;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.planning.KsmChange;
import dev.ballast.core.planning.KsmPlanner;
import dev.ballast.core.sample.Cluster;
import dev.ballast.core.sample.Enactment;
import dev.ballast.core.sample.Sample;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DriftDetectorTest {
  private final Snapshot running = running();
  private final HostView h1 = running.hosts().get(host("h1"));
  private final ObservedDomain domain = h1.domains().get(vm("web-1"));

  private static Snapshot running() {
    Snapshot placed =
        Cluster.running(
            snapshot(lab("h1"), lab("h2")), spec("web-1", d -> d.hosts("h1").memory(128 * MIB)));
    return Enactment.of(
        placed, Cluster.plan(new KsmPlanner().plan(placed, Set.of(host("h1")), KsmChange.run(1))));
  }

  @Test
  void whatIsAsWantedIsNoDriftNorIsAForeignDomain() {
    Snapshot with =
        Sample.with(running, Sample.with(h1, Sample.foreign("other", 1, 128 * MIB, CpuSet.of(0))));

    assertThat(DriftDetector.detect(with)).isEmpty();
  }

  @Test
  void movedPinsShowWithWhatWasAssigned() {
    CpuPins moved = new CpuPins(List.of(CpuSet.of(1)), CpuSet.of(0, 1));

    assertThat(detect(Sample.with(h1, Enactment.pinnedLive(domain, moved))))
        .containsExactly("h1 domain/web-1 livePins.vcpu0: expected 0, found 1");
    assertThat(detect(Sample.with(h1, Enactment.pinned(domain, moved)))).hasSize(2);
  }

  @Test
  void ksmKnobsShowOneByOne() {
    assertThat(detect(Sample.with(h1, new KsmSettings(0, 200, 20))))
        .containsExactly(
            "h1 ksm pagesToScan: expected 100, found 200", "h1 ksm run: expected 1, found 0");
  }

  @Test
  void aMissingAndAStoppedDomainShow() {
    assertThat(detect(Sample.without(h1, "web-1")))
        .containsExactly("h1 domain/web-1 domain: expected defined, found missing");
    assertThat(detect(Enactment.state(h1, vm("web-1"), DomainState.SHUT_OFF)))
        .containsExactly("h1 domain/web-1 state: expected RUNNING, found SHUT_OFF");
  }

  @Test
  void anotherDefinitionAndAnotherOwnerShow() {
    assertThat(detect(Sample.with(h1, digest(Optional.of("0123")))))
        .singleElement()
        .asString()
        .contains("specification: expected ", "found 0123");
    assertThat(detect(Sample.with(h1, digest(Optional.empty()))))
        .containsExactly("h1 domain/web-1 owner: expected Ballast, found another owner");
  }

  @Test
  void aDomainThatRunsTwiceShowsWhereItDoesNotBelong() {
    Snapshot twice = Sample.with(running, Sample.with(running.hosts().get(host("h2")), domain));

    assertThat(DriftDetector.detect(twice))
        .containsExactly(
            new Drift(
                host("h2"), ObjectKey.domain(vm("web-1")), "host", "h1", "running here and on h1"));
  }

  @Test
  void whatADisconnectedHostLastSaidIsNoDrift() {
    assertThat(detect(Sample.in(Sample.without(h1, "web-1"), false, false, false))).isEmpty();
  }

  private List<String> detect(HostView view) {
    return DriftDetector.detect(Sample.with(running, view)).stream().map(Drift::toString).toList();
  }

  private ObservedDomain digest(Optional<String> digest) {
    return new ObservedDomain(
        domain.name(),
        domain.uuid(),
        domain.state(),
        domain.vcpus(),
        domain.memoryBytes(),
        domain.configDigest(),
        domain.livePins(),
        domain.configPins(),
        digest);
  }
}

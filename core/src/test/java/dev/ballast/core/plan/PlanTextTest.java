package dev.ballast.core.plan;

import static dev.ballast.core.sample.Sample.MIB;
import static dev.ballast.core.sample.Sample.lab;
import static dev.ballast.core.sample.Sample.snapshot;
import static dev.ballast.core.sample.Sample.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.Snapshot;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.placement.PlacementPolicy;
import dev.ballast.core.planning.ApplyPlanner;
import dev.ballast.core.planning.PinPlanner;
import dev.ballast.core.sample.Cluster;
import dev.ballast.core.sample.Sample;
import dev.ballast.core.topology.CpuSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Golden texts; {@code -Dgolden.update=true} writes them anew. */
class PlanTextTest {
  private static final Path GOLDEN = Path.of("src/test/resources/dev/ballast/core/plan");

  private final Snapshot empty = snapshot(lab("h1"), lab("h2"));
  private final VmSpec web1 = spec("web-1", d -> d.hosts("h1"));
  private final VmSpec web2 = spec("web-2", d -> d.hosts("h1"));
  private final VmSpec db1 = spec("db-1", 1, 256 * MIB);

  @Test
  void aPlanOfNewVms() throws IOException {
    matches("apply.txt", Cluster.applied(empty, List.of(web1, web2, db1)));
  }

  @Test
  void aPlanThatChangesAndRemoves() throws IOException {
    Snapshot running = Cluster.running(empty, web1, web2, db1);
    VmSpec larger = spec("web-1", d -> d.hosts("h1").memory(256 * MIB));
    matches(
        "change.txt",
        Cluster.plan(
            new ApplyPlanner().plan(running, List.of(larger, db1), PlacementPolicy.DEFAULT, true)));
  }

  @Test
  void aPlanOfOneStep() throws IOException {
    Snapshot running = Cluster.running(empty, web1);
    matches(
        "pin.txt",
        Cluster.plan(
            new PinPlanner().plan(running, Sample.vm("web-1"), CpuPins.uniform(1, CpuSet.of(1)))));
  }

  @Test
  void aPlanOfNothing() throws IOException {
    Snapshot running = Cluster.running(empty, web1);
    matches("nothing.txt", Cluster.applied(running, List.of(web1)));
  }

  private static void matches(String name, Plan plan) throws IOException {
    Path file = GOLDEN.resolve(name);
    String text = PlanText.render(plan);
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(GOLDEN);
      Files.writeString(file, text, StandardCharsets.UTF_8);
    }
    assertThat(text).isEqualTo(Files.readString(file, StandardCharsets.UTF_8));
  }
}

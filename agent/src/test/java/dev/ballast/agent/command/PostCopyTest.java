package dev.ballast.agent.command;

import static dev.ballast.agent.command.AgentUnderTest.command;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.Final.MigrateDomain;
import dev.ballast.core.action.MigrationLimits;
import dev.ballast.core.action.Outcome.Applied;
import dev.ballast.core.action.Outcome.Failed;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.HostName;
import dev.ballast.core.topology.CpuSet;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Post-copy is for who asked for it, and cannot be called back. */
class PostCopyTest extends PipelineFixture {
  private static final long TIMEOUT_MILLIS = 20_000;

  /** So often it is asked before it has ended: far longer than its time. */
  private static final int LOOKS = 5_000;

  private final List<String> switches = new ArrayList<>();

  @BeforeEach
  void guest() {
    host.addGuest("web", DIGEST, true);
    host.migration.looks = LOOKS;
    host.libvirt.points =
        place -> {
          if (place.equals("after post-copy")) {
            switches.add(place);
            agent.pipeline.abort(1, 1);
          }
        };
  }

  private static MigrateDomain migrate(boolean postCopy) {
    return new MigrateDomain(
        VM,
        new HostName("h2"),
        "qemu+tls://h2/system",
        CpuPins.uniform(2, CpuSet.of(1)),
        new MigrationLimits(0, 300, true, TIMEOUT_MILLIS, postCopy, false));
  }

  @Test
  void aGuestThatIsSwitchedOverIsNeverCalledBack() {
    assertThat(only(command(1, onWeb(migrate(true))))).isInstanceOf(Applied.class);

    assertThat(switches).hasSize(1);
    assertThat(host.migration.aborts()).isZero();
    assertThat(host.guests).isEmpty();
  }

  @Test
  void whereNobodyAskedForItTheGuestStaysWhereItWas() {
    assertThat(only(command(1, onWeb(migrate(false))))).isInstanceOf(Failed.class);

    assertThat(switches).isEmpty();
    assertThat(host.guests.get("web").active).isTrue();
  }
}

package dev.ballast.agent.command;

import static dev.ballast.agent.command.AgentUnderTest.command;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.Final.DeleteSnapshot;
import dev.ballast.core.action.Final.RevertSnapshot;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.Applied;
import dev.ballast.core.action.Outcome.Failed;
import dev.ballast.core.action.Outcome.Unchanged;
import dev.ballast.core.action.Outcome.Undone;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.TakeSnapshot;
import dev.ballast.core.action.Reversible.UndefineDomain;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotsTest extends PipelineFixture {
  private final TakeSnapshot take = new TakeSnapshot(VM, "before");

  @Test
  void isTakenOnce() {
    host.addGuest("web", DIGEST, true);

    assertThat(only(command(1, onWeb(take)))).isInstanceOf(Applied.class);

    assertThat(host.guests.get("web").snapshots)
        .containsExactly(java.util.Map.entry("before", true));
    assertThat(only(command(2, onWeb(take)))).isInstanceOf(Unchanged.class);
  }

  @Test
  void aLaterFailureDeletesIt() {
    host.addGuest("web", DIGEST, false);
    host.libvirt.refuses = "define";

    List<Outcome> outcomes = agent.execute(command(1, onWeb(take), define("new")));

    assertThat(outcomes.getFirst()).isInstanceOf(Undone.class);
    assertThat(host.guests.get("web").snapshots).isEmpty();
  }

  @Test
  void aDryRunTakesNone() {
    host.addGuest("web", DIGEST, true);

    assertThat(only(command(1, true, onWeb(take)))).isInstanceOf(Outcome.WouldApply.class);
    assertThat(host.guests.get("web").snapshots).isEmpty();
  }

  @Test
  void aPausedGuestIsLeftAlone() {
    host.addGuest("web", DIGEST, true).paused = true;

    refused(only(command(1, onWeb(take))), RefusalReason.ILLEGAL);
  }

  @Test
  void theGuestGoesBackToIt() {
    host.addGuest("web", DIGEST, true);
    only(command(1, onWeb(take)));
    host.guests.get("web").active = false;

    assertThat(only(command(2, onWeb(new RevertSnapshot(VM, "before", true)))))
        .isInstanceOf(Applied.class);

    assertThat(host.guests.get("web").active).isTrue();
  }

  @Test
  void toAnotherOneThanPlannedItDoesNotGo() {
    host.addGuest("web", DIGEST, true);
    only(command(1, onWeb(take)));

    refused(
        only(command(2, onWeb(new RevertSnapshot(VM, "before", false)))), RefusalReason.ILLEGAL);
    refused(only(command(3, onWeb(new RevertSnapshot(VM, "none", true)))), RefusalReason.ILLEGAL);
  }

  @Test
  void oneIsDeletedAndThenIsGone() {
    host.addGuest("web", DIGEST, true);
    only(command(1, onWeb(take)));
    DeleteSnapshot delete = new DeleteSnapshot(VM, "before");

    assertThat(only(command(2, onWeb(delete)))).isInstanceOf(Applied.class);

    assertThat(host.guests.get("web").snapshots).isEmpty();
    assertThat(only(command(3, onWeb(delete)))).isInstanceOf(Unchanged.class);
  }

  @Test
  void whatLibvirtRefusesFails() {
    host.addGuest("web", DIGEST, true);
    host.libvirt.refuses = "snapshot";

    assertThat(only(command(1, onWeb(take)))).isInstanceOf(Failed.class);
  }

  @Test
  void aDomainWithOneIsNotUndefined() {
    host.addGuest("web", DIGEST, false);
    only(command(1, onWeb(take)));

    refused(only(command(2, onWeb(new UndefineDomain(VM)))), RefusalReason.ILLEGAL);
  }
}

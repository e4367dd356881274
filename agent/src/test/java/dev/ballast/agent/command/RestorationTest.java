package dev.ballast.agent.command;

import static dev.ballast.agent.command.AgentUnderTest.command;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.Command;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.OtherOwner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RestorationTest extends PipelineFixture {
  /** The kernel begins anew. */
  private void reboot() throws IOException {
    agent.die();
    loseKsm();
    inBoot("boot-2");
  }

  private void inBoot(String bootId) throws IOException {
    agent =
        new AgentUnderTest(
            directory.resolve("state"),
            host,
            AgentUnderTest.World.of(CrashPoints.NONE).at(bootId, 5_000));
  }

  private void loseKsm() throws IOException {
    Path knobs = directory.resolve("host/sys/kernel/mm/ksm");
    Files.writeString(knobs.resolve("run"), "0\n");
    Files.writeString(knobs.resolve("pages_to_scan"), "100\n");
    Files.writeString(knobs.resolve("sleep_millisecs"), "20\n");
  }

  @Test
  void whatTheRebootLostIsSetAgainOnce() throws IOException {
    assertThat(only(command(1, ksm(ON)))).isInstanceOf(Outcome.Applied.class);

    reboot();
    assertThat(agent.restored).isEqualTo(1);
    assertThat(host.ksm()).isEqualTo(ON);

    agent.die();
    loseKsm();
    inBoot("boot-2");
    assertThat(agent.restored).isZero();
    assertThat(host.ksm().run()).isZero();
  }

  @Test
  void aManualChangeWithoutARebootIsDriftAndStays() throws IOException {
    only(command(1, ksm(ON)));
    agent.die();
    loseKsm();
    inBoot(AgentUnderTest.BOOT);

    assertThat(agent.restored).isZero();
    assertThat(host.ksm().run()).isZero();
  }

  @Test
  void theLastCommandCountsAndOneThatWasUndoneDoesNot() throws IOException {
    KsmSettings slower = new KsmSettings(1, 100, 20);
    only(command(1, ksm(slower)));
    host.libvirt.refuses = "define";
    assertThat(agent.execute(command(2, ksm(ON), define("new"))).getFirst())
        .isInstanceOf(Outcome.Undone.class);

    reboot();
    assertThat(host.ksm()).isEqualTo(slower);
  }

  @Test
  void aFrozenHostIsLeftAsItIs() throws IOException {
    only(command(1, ksm(ON)));
    Files.writeString(directory.resolve("state/freeze"), "host\tmaintenance\n");

    reboot();
    assertThat(agent.restored).isZero();
    assertThat(host.ksm().run()).isZero();
  }

  @Test
  void whatAnotherOwnerManagesByNowIsLeftToIt() throws IOException {
    only(command(1, ksm(ON)));
    host.otherOwners = Set.of(OtherOwner.KSMTUNED);

    reboot();
    assertThat(agent.restored).isZero();
    assertThat(host.ksm().run()).isZero();
  }

  /** Its stamp is of the second boot. */
  private Command freshCommand() {
    return new Command(2, 1, 5_000, "boot-2", 10_000, false, Optional.empty(), List.of(ksm(ON)));
  }

  @Test
  void anUnreadableFileStopsNothing() throws IOException {
    only(command(1, ksm(ON)));
    Files.writeString(directory.resolve("state/volatile"), "no command");

    reboot();
    assertThat(agent.restored).isZero();
    assertThat(only(freshCommand())).isInstanceOf(Outcome.Applied.class);
  }
}

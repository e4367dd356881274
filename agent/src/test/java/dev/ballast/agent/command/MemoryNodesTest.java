package dev.ballast.agent.command;

import static dev.ballast.agent.command.AgentUnderTest.command;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.agent.host.kernel.ProcessMemory;
import dev.ballast.core.action.Final.SetGuestTime;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.Applied;
import dev.ballast.core.action.Outcome.Failed;
import dev.ballast.core.action.Outcome.Refused;
import dev.ballast.core.action.Outcome.Unchanged;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.PinCpus;
import dev.ballast.core.action.Reversible.SetMemoryNodes;
import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.MemoryMode;
import dev.ballast.core.model.MemoryNodes;
import dev.ballast.core.topology.CpuSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The nodes of domains' memory, and their I/O threads: applied, undone, refused. */
class MemoryNodesTest extends PipelineFixture {
  private static final long MIB = 1L << 20;
  private static final MemoryNodes ZERO = restrictive(0);
  private static final MemoryNodes ONE = restrictive(1);
  private static final SetMemoryNodes MOVE = new SetMemoryNodes(VM, Optional.of(ZERO), ONE);

  private static MemoryNodes restrictive(int node) {
    return new MemoryNodes(MemoryMode.RESTRICTIVE, CpuSet.of(node));
  }

  private FakeGuest guest(boolean active) {
    FakeGuest guest = host.addGuest("web", DIGEST, active);
    guest.configMemory = "restrictive 0";
    guest.liveMemory = active ? "restrictive 0" : "";
    lies(300, 0);
    return guest;
  }

  private void lies(long zeroMebibytes, long oneMebibytes) {
    host.groups.processMemory =
        new ProcessMemory(
            new TreeMap<>(Map.of(0, zeroMebibytes * MIB, 1, oneMebibytes * MIB)), new TreeMap<>());
  }

  @Test
  void theMemoryOfARunningDomainMovesWholeAndForLaterStarts() {
    FakeGuest guest = guest(true);
    host.libvirt.points = place -> lies(40, 260);

    Outcome outcome = only(command(1, onWeb(MOVE)));

    assertThat(outcome).isInstanceOf(Applied.class);
    assertThat(((Applied) outcome).before()).contains("40 of 300 MiB lie on other nodes now");
    assertThat(guest.liveMemory).isEqualTo("restrictive 1");
    assertThat(guest.configMemory).isEqualTo("restrictive 1");
    assertThat(only(command(2, onWeb(MOVE)))).isInstanceOf(Unchanged.class);
  }

  @Test
  void aLaterFailureBringsTheMemoryBack() {
    guest(true);
    String before = host.picture();
    host.libvirt.refuses = "define";

    agent.execute(command(1, onWeb(MOVE), define("new")));

    assertThat(host.picture()).isEqualTo(before);
  }

  @Test
  void whatIsWrittenHalfwayIsTakenBack() {
    guest(true);
    String before = host.picture();
    host.libvirt.refuses = "nodes CONFIG";

    assertThat(only(command(1, onWeb(MOVE)))).isInstanceOf(Failed.class);
    assertThat(host.picture()).isEqualTo(before);
  }

  @Test
  void aDomainThatKeptToNoNodesDoesNotAgainAfterAnUndo() {
    host.addGuest("web", DIGEST, true);
    String before = host.picture();
    host.libvirt.refuses = "pin 0";

    agent.execute(
        command(
            1,
            onWeb(new SetMemoryNodes(VM, Optional.empty(), ONE)),
            onWeb(
                new PinCpus(VM, new CpuPins(List.of(CpuSet.of(1), CpuSet.of(1)), CpuSet.of(1))))));

    assertThat(host.picture().replaceAll("<ballast:defined[^>]*>", ""))
        .isEqualTo(before.replaceAll("<ballast:defined[^>]*>", ""));
  }

  @Test
  void modesThatControlGroupsDoNotKeepTakeEffectAtTheNextStart() {
    FakeGuest guest = guest(true);
    guest.liveMemory = "strict 0";
    guest.configMemory = "strict 0";
    MemoryNodes strict = new MemoryNodes(MemoryMode.STRICT, CpuSet.of(0));

    assertThat(only(command(1, onWeb(new SetMemoryNodes(VM, Optional.of(strict), ONE)))))
        .isInstanceOf(Applied.class);

    assertThat(guest.liveMemory).isEqualTo("strict 0");
    assertThat(guest.configMemory).isEqualTo("restrictive 1");
  }

  @Test
  void noRoomIsRefusedWithNumbers() {
    guest(true);
    host.groups.nodeFreeBytes = 363 * MIB;

    Outcome outcome = only(command(1, onWeb(MOVE)));

    refused(outcome, RefusalReason.ILLEGAL);
    assertThat(((Refused) outcome).detail()).contains("363 MiB free", "364 MiB");
    host.groups.nodeFreeBytes = 364 * MIB;
    assertThat(only(command(2, onWeb(MOVE)))).isInstanceOf(Applied.class);
  }

  @Test
  void hugepagesNeedHugepages() {
    guest(true);
    host.groups.processMemory =
        new ProcessMemory(new TreeMap<>(), new TreeMap<>(Map.of(0, 2 * MIB)));

    Outcome outcome = only(command(1, onWeb(MOVE)));

    refused(outcome, RefusalReason.ILLEGAL);
    assertThat(((Refused) outcome).detail()).contains("hugepages");
  }

  @Test
  void devicesLockedMemoryAndPagesThatWouldStayAreRefused() {
    FakeGuest guest = guest(true);
    guest.devices = "<memoryBacking><locked/></memoryBacking>";
    refused(only(command(1, onWeb(MOVE))), RefusalReason.ILLEGAL);
    guest.devices = "<devices><hostdev mode='subsystem' type='pci'/></devices>";
    refused(only(command(2, onWeb(MOVE))), RefusalReason.ILLEGAL);
    guest.devices = "";
    host.groups.memoryMigrates = false;
    refused(only(command(3, onWeb(MOVE))), RefusalReason.ILLEGAL);
  }

  @Test
  void nodesThatChangedSinceThePlanAreNamed() {
    guest(true);
    SetMemoryNodes other = new SetMemoryNodes(VM, Optional.of(restrictive(2)), ONE);

    Outcome outcome = only(command(1, onWeb(other)));

    refused(outcome, RefusalReason.STALE);
    assertThat(((Refused) outcome).detail()).contains("restrictive 2", "restrictive 0");
  }

  @Test
  void ioThreadsArePinnedWithTheEmulatorAndBack() {
    FakeGuest guest = guest(true);
    guest.configIothreads.put(1, CpuSet.of(5));
    guest.liveIothreads.put(1, CpuSet.of(6));
    CpuPins pins = new CpuPins(List.of(CpuSet.of(2), CpuSet.of(3)), CpuSet.of(4));
    String before = host.picture();
    host.libvirt.refuses = "define";

    agent.execute(command(1, onWeb(new PinCpus(VM, pins)), define("new")));
    assertThat(host.picture()).isEqualTo(before);
    host.libvirt.refuses = "";
    assertThat(only(command(2, onWeb(new PinCpus(VM, pins))))).isInstanceOf(Applied.class);

    assertThat(guest.liveIothreads).containsEntry(1, CpuSet.of(4));
    assertThat(guest.configIothreads).containsEntry(1, CpuSet.of(4));
  }

  @Test
  void aGuestsClockIsSetOnceAndOnlyWhileItRuns() {
    FakeGuest guest = guest(true);
    List<String> writes = new java.util.ArrayList<>();
    host.libvirt.points = writes::add;

    assertThat(only(command(1, onWeb(new SetGuestTime(VM))))).isInstanceOf(Applied.class);

    assertThat(writes).filteredOn(place -> place.equals("before guest time")).hasSize(1);
    guest.active = false;
    refused(only(command(2, onWeb(new SetGuestTime(VM)))), RefusalReason.ILLEGAL);
  }
}

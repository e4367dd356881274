package dev.ballast.agent.command;

import static dev.ballast.agent.command.AgentUnderTest.command;
import static dev.ballast.agent.command.AgentUnderTest.planned;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.agent.host.libvirt.GuestMemory;
import dev.ballast.core.action.Expectation.DomainRecord;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.Applied;
import dev.ballast.core.action.Outcome.Failed;
import dev.ballast.core.action.Outcome.Refused;
import dev.ballast.core.action.Outcome.Unchanged;
import dev.ballast.core.action.Outcome.Undone;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.SetLimits;
import dev.ballast.core.model.CpuQuota;
import dev.ballast.core.model.LimitText;
import dev.ballast.core.model.MemoryCap;
import dev.ballast.core.model.VmLimits;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Limits through the pipeline: applied, observed, undone, refused. */
class LimitsTest extends PipelineFixture {
  private static final long MIB = 1L << 20;

  static final VmLimits LIMITS =
      VmLimits.NONE
          .withCpu(
              50,
              Optional.of(CpuQuota.percent(60)),
              Optional.of(CpuQuota.percent(40)),
              Optional.of(new CpuQuota(45_000, 50_000)))
          .withMemory(Optional.of(512 * MIB), Optional.empty())
          .withDevices(
              Map.of("vda", LimitText.disk("iops=200/400/5,bytes=1MiB")),
              Map.of(0, LimitText.nic("in=1MiB/2MiB/512KiB,out=256KiB")))
          .withIothreadQuota(Optional.of(CpuQuota.percent(30)))
          .withCap(new MemoryCap(Optional.of(600 * MIB), Optional.of(700 * MIB)))
          .withBlkioWeight(Optional.of(300));

  /** Few enough to be killed at every place, twice. */
  static final VmLimits FEW =
      VmLimits.NONE.withCpu(
          50, Optional.of(CpuQuota.percent(60)), Optional.empty(), Optional.empty());

  /** Limits that somebody set by hand before: shares that are no whole weight, another period. */
  static void former(FakeGuest guest) {
    for (Map<String, Long> side : List.of(guest.limits.config, guest.limits.live)) {
      side.putAll(
          Map.of(
              "cpu_shares", 1_000L,
              "vcpu_quota", 5_000L,
              "vcpu_period", 20_000L,
              "vda read_bytes_sec", 4_096L,
              "vda read_bytes_sec_max", 8_192L,
              "vda read_bytes_sec_max_length", 2L,
              "hard_limit", 800L << 10,
              "weight", 50L));
    }
    guest.limits.live.put("cpu_shares", 777L);
  }

  @Test
  void setsAllOfThemLiveAndPersistent() {
    host.addGuest("web", DIGEST, true);

    assertThat(only(command(1, onWeb(new SetLimits(VM, LIMITS))))).isInstanceOf(Applied.class);

    FakeLimits limits = host.guests.get("web").limits;
    assertThat(limits.config).isEqualTo(limits.live);
    assertThat(limits.live)
        .containsEntry("cpu_shares", 512L)
        .containsEntry("vcpu_quota", 60_000L)
        .containsEntry("emulator_quota", 40_000L)
        .containsEntry("global_quota", 45_000L)
        .containsEntry("global_period", 50_000L)
        .containsEntry("soft_limit", 512L << 10)
        .containsEntry("iothread_quota", 30_000L)
        .containsEntry("hard_limit", 600L << 10)
        .containsEntry("swap_hard_limit", 700L << 10)
        .containsEntry("weight", 300L)
        .containsEntry("vda total_iops_sec", 200L)
        .containsEntry("vda total_iops_sec_max", 400L)
        .containsEntry("vda total_iops_sec_max_length", 5L)
        .containsEntry("nic inbound.peak", 2_048L)
        .containsEntry("nic outbound.average", 256L);
    DomainRecord seen = CrashTest.now(host);
    assertThat(seen.configLimits()).contains(LIMITS);
    assertThat(seen.liveLimits()).contains(LIMITS);
    assertThat(only(command(2, onWeb(new SetLimits(VM, LIMITS))))).isInstanceOf(Unchanged.class);
  }

  @Test
  void aLaterFailureBringsBackExactlyWhatWas() {
    former(host.addGuest("web", DIGEST, true));
    String before = host.picture();
    host.libvirt.refuses = "define";

    List<Outcome> outcomes =
        agent.execute(command(1, onWeb(new SetLimits(VM, LIMITS)), define("new")));

    assertThat(outcomes.get(0)).isInstanceOf(Undone.class);
    assertThat(host.picture()).isEqualTo(before).contains("cpu_shares=777");
  }

  @Test
  void aWriteThatDoesNotTakeIsSeenByLookingAfterwards() {
    host.addGuest("web", DIGEST, true);
    host.libvirt.obedient = false;

    assertThat(only(command(1, onWeb(new SetLimits(VM, LIMITS))))).isInstanceOf(Failed.class);
  }

  @Test
  void whatIsSetHalfwayIsTakenBack() {
    former(host.addGuest("web", DIGEST, true));
    String before = host.picture();
    host.libvirt.refuses = "disk CONFIG";

    assertThat(only(command(1, onWeb(new SetLimits(VM, LIMITS))))).isInstanceOf(Failed.class);
    assertThat(host.picture()).isEqualTo(before);
  }

  @Test
  void limitsThatChangedSinceThePlanAreNamed() {
    host.addGuest("web", DIGEST, true);
    DomainRecord seen = CrashTest.now(host);
    host.guests.get("web").limits.live.put("cpu_shares", 2_048L);

    Outcome outcome = only(command(1, planned(new SetLimits(VM, LIMITS), seen)));

    refused(outcome, RefusalReason.STALE);
    assertThat(((Refused) outcome).differences())
        .singleElement()
        .hasToString("liveLimits: expected no limits, found cpuWeight 200");
  }

  @Test
  void aStoppedDomainIsLimitedForItsNextStart() {
    host.addGuest("web", DIGEST, false);

    assertThat(only(command(1, onWeb(new SetLimits(VM, LIMITS))))).isInstanceOf(Applied.class);

    assertThat(CrashTest.now(host).configLimits()).contains(LIMITS);
    assertThat(host.guests.get("web").limits.live).isEmpty();
  }

  @Test
  void devicesThatTheDomainLacksAreRefused() {
    host.addGuest("web", DIGEST, true);
    VmLimits disk = VmLimits.NONE.withDevices(Map.of("vdb", LimitText.disk("iops=5")), Map.of());
    VmLimits nic = VmLimits.NONE.withDevices(Map.of(), Map.of(1, LimitText.nic("in=1MiB")));

    refused(only(command(1, onWeb(new SetLimits(VM, disk)))), RefusalReason.ILLEGAL);
    refused(only(command(2, onWeb(new SetLimits(VM, nic)))), RefusalReason.ILLEGAL);
  }

  @Test
  void aSoftLimitBelowTheUseIsRefusedWithItsNumbers() {
    host.addGuest("web", DIGEST, true);
    host.groups.memoryUse = Optional.of(40 * MIB);

    Outcome outcome = only(command(1, onWeb(new SetLimits(VM, soft(55)))));

    refused(outcome, RefusalReason.ILLEGAL);
    assertThat(((Refused) outcome).detail()).contains("55MiB", "40MiB", "16MiB", "56MiB");
    assertThat(only(command(2, onWeb(new SetLimits(VM, soft(56)))))).isInstanceOf(Applied.class);
  }

  @Test
  void aHardLimitBelowTheUseOrTheGuestsMemoryIsRefused() {
    host.addGuest("web", DIGEST, true);
    host.groups.memoryUse = Optional.of(120 * MIB);

    Outcome outcome = only(command(1, onWeb(new SetLimits(VM, hard(130)))));

    refused(outcome, RefusalReason.ILLEGAL);
    assertThat(((Refused) outcome).detail()).contains("hard limit", "130MiB", "120MiB", "136MiB");
    Outcome small = only(command(2, onWeb(new SetLimits(VM, hard(95)))));
    refused(small, RefusalReason.ILLEGAL);
    assertThat(((Refused) small).detail()).contains("would kill", "96MiB");
    assertThat(only(command(3, onWeb(new SetLimits(VM, hard(136)))))).isInstanceOf(Applied.class);
  }

  private static VmLimits hard(long mebibytes) {
    return VmLimits.NONE.withCap(new MemoryCap(Optional.of(mebibytes * MIB), Optional.empty()));
  }

  @Test
  void aBlkioWeightIsRefusedWhereNobodyKeepsIt() {
    host.addGuest("web", DIGEST, true);
    host.groups.bfq = false;
    VmLimits weight = VmLimits.NONE.withBlkioWeight(Optional.of(300));

    Outcome outcome = only(command(1, onWeb(new SetLimits(VM, weight))));

    refused(outcome, RefusalReason.MISSING_CAPABILITY);
    assertThat(((Refused) outcome).detail()).contains("BFQ");
  }

  @Test
  void aSoftLimitThatIsRaisedIsNeverRefused() {
    host.addGuest("web", DIGEST, true);
    host.guests.get("web").limits.live.put("soft_limit", 4L << 10);
    host.groups.memoryUse = Optional.of(40 * MIB);

    assertThat(only(command(1, onWeb(new SetLimits(VM, soft(8)))))).isInstanceOf(Applied.class);
  }

  private static VmLimits soft(long mebibytes) {
    return VmLimits.NONE.withMemory(Optional.of(mebibytes * MIB), Optional.empty());
  }

  @Test
  void aBalloonBelowTheGuestsUseIsRefusedWithItsNumbers() {
    host.addGuest("web", DIGEST, true);
    host.libvirt.guestMemory = Optional.of(new GuestMemory(32 * MIB, 24 * MIB));

    Outcome outcome = only(command(1, onWeb(new SetLimits(VM, balloon(20)))));

    refused(outcome, RefusalReason.ILLEGAL);
    assertThat(((Refused) outcome).detail()).contains("20MiB", "8MiB", "16MiB", "24MiB");
    assertThat(only(command(2, onWeb(new SetLimits(VM, balloon(24)))))).isInstanceOf(Applied.class);
    assertThat(host.guests.get("web").limits.live).containsEntry("memory", 24L << 10);
  }

  @Test
  void aGuestThatTellsNothingKeepsItsMemoryWhileItRuns() {
    host.addGuest("web", DIGEST, true);
    refused(only(command(1, onWeb(new SetLimits(VM, balloon(24))))), RefusalReason.ILLEGAL);

    host.guests.get("web").active = false;
    assertThat(only(command(2, onWeb(new SetLimits(VM, balloon(24)))))).isInstanceOf(Applied.class);
  }

  @Test
  void theBalloonGoesBackToWhereItWas() {
    FakeGuest guest = host.addGuest("web", DIGEST, true);
    guest.limits.live.put("memory", 30L << 10);
    host.libvirt.guestMemory = Optional.of(new GuestMemory(30 * MIB, 29 * MIB));
    String before = host.picture();
    host.libvirt.refuses = "define";

    agent.execute(command(1, onWeb(new SetLimits(VM, balloon(24))), define("new")));

    assertThat(host.picture()).isEqualTo(before).contains("memory=30720");
  }

  private static VmLimits balloon(long mebibytes) {
    return VmLimits.NONE.withMemory(Optional.empty(), Optional.of(mebibytes * MIB));
  }
}

package dev.ballast.agent.command;

import static dev.ballast.agent.command.AgentUnderTest.command;
import static dev.ballast.agent.command.AgentUnderTest.planned;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.agent.host.storage.PoolSpace;
import dev.ballast.core.action.Expectation.HostSettingRecord;
import dev.ballast.core.action.Final.GrowVolume;
import dev.ballast.core.action.Final.PurgeTrash;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.Applied;
import dev.ballast.core.action.Outcome.Failed;
import dev.ballast.core.action.Outcome.Refused;
import dev.ballast.core.action.Outcome.Unchanged;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.model.StoredFile;
import dev.ballast.core.model.Trash;
import dev.ballast.core.model.VolumeFile;
import dev.ballast.core.model.VolumeSource;
import dev.ballast.core.model.VolumeSource.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Volumes that grow, by the real qemu-img, and those that go for good. */
class GrowthTest extends PipelineFixture {
  private static final long MIB = 1 << 20;

  private VolumeFile volume(String format) {
    return new VolumeFile(
        host.path("volumes/web-vda." + format).toString(),
        new VolumeFile.Content(
            format, new VolumeSource(Optional.empty(), Kind.BLANK, 8 * MIB), VM, 7));
  }

  private static VolumeFile sized(VolumeFile volume, long mib) {
    return new VolumeFile(volume.path(), volume.content().orElseThrow().ofSize(mib * MIB));
  }

  private static PlannedAction set(StoredFile target, StoredFile expected) {
    return planned(new SetHostSetting(target), new HostSettingRecord(expected));
  }

  private static PlannedAction grow(VolumeFile from, long mib) {
    return planned(new GrowVolume(sized(from, mib)), new HostSettingRecord(from));
  }

  private VolumeFile made(String format) {
    VolumeFile volume = volume(format);
    assertThat(only(command(1, set(volume, volume.absent())))).isInstanceOf(Applied.class);
    return volume;
  }

  @ParameterizedTest
  @ValueSource(strings = {"qcow2", "raw"})
  void aVolumeInNobodysUseGrows(String format) {
    VolumeFile volume = made(format);

    assertThat(only(command(2, grow(volume, 12)))).isInstanceOf(Applied.class);

    assertThat(host.settings()).containsEntry(volume.key(), sized(volume, 12));
    assertThat(only(command(3, grow(volume, 12)))).isInstanceOf(Unchanged.class);
  }

  @Test
  void thatOfARunningVmGrowsByItsQemu() {
    VolumeFile volume = made("raw");
    host.addGuest("web", DIGEST, true);
    int programs = host.programs.commands.size();

    assertThat(only(command(2, grow(volume, 12)))).isInstanceOf(Applied.class);

    assertThat(host.settings()).containsEntry(volume.key(), sized(volume, 12));
    assertThat(host.programs.commands).hasSize(programs);
  }

  @Test
  void whatLibvirtRefusesFails() {
    VolumeFile volume = made("raw");
    host.addGuest("web", DIGEST, true);
    host.libvirt.refuses = "resize";

    assertThat(only(command(2, grow(volume, 12)))).isInstanceOf(Failed.class);
    assertThat(host.settings()).containsEntry(volume.key(), volume);
  }

  @Test
  void noneShrinks() {
    VolumeFile volume = made("raw");

    Outcome outcome = only(command(2, grow(volume, 4)));

    refused(outcome, RefusalReason.ILLEGAL);
    assertThat(((Refused) outcome).detail()).contains("would shrink");
    assertThat(host.settings()).containsEntry(volume.key(), volume);
  }

  @Test
  void aDryRunGrowsNothing() {
    VolumeFile volume = made("raw");

    assertThat(only(command(2, true, grow(volume, 12)))).isInstanceOf(Outcome.WouldApply.class);
    assertThat(host.settings()).containsEntry(volume.key(), volume);
  }

  @Test
  void aPlanForAnotherSizeIsStale() {
    VolumeFile volume = made("raw");
    only(command(2, grow(volume, 12)));

    refused(only(command(3, grow(volume, 16))), RefusalReason.STALE);
  }

  @Test
  void aboveTheHighWaterMarkNothingIsMadeAndNothingGrows() {
    VolumeFile volume = made("raw");
    VolumeFile other = volume("qcow2");
    host.machine.space = new PoolSpace.Space(1_000, 140);

    Outcome outcome = only(command(2, set(other, other.absent())));

    refused(outcome, RefusalReason.ILLEGAL);
    assertThat(((Refused) outcome).detail())
        .contains("is 86 % full, above its high-water mark of 85 %")
        .contains("'storage.thinHighWaterPercent' of agent.yaml");
    refused(only(command(3, grow(volume, 12))), RefusalReason.ILLEGAL);
    host.machine.space = new PoolSpace.Space(1_000, 150);
    assertThat(only(command(4, grow(volume, 12)))).isInstanceOf(Applied.class);
  }

  @Test
  void whatComesBackFromTheTrashNeedsNoRoom() {
    VolumeFile volume = made("raw");
    only(command(2, set(volume.absent(), volume)));
    host.machine.space = new PoolSpace.Space(100, 0);

    assertThat(only(command(3, set(volume, volume.absent())))).isInstanceOf(Applied.class);
  }

  @Test
  void whatLiesInTheTrashIsPurgedAndNothingElse() throws IOException {
    VolumeFile volume = made("raw");
    only(command(2, set(volume.absent(), volume)));
    Trash trash = (Trash) host.settings().get(Trash.KEY);
    assertThat(trash.files()).hasSize(1);
    assertThat(trash.files().values().iterator().next().what()).isEqualTo("volume of web");
    String file = trash.files().firstKey();
    host.put("volumes/kept.raw", "kept");

    String kept = host.path("volumes/kept.raw").toString();
    assertThat(only(command(3, purge(trash, kept)))).isInstanceOf(Unchanged.class);
    refused(only(command(6, purge(trash, file, kept))), RefusalReason.ILLEGAL);
    assertThat(only(command(7, true, purge(trash, file)))).isInstanceOf(Outcome.WouldApply.class);
    assertThat(Path.of(file)).exists();
    assertThat(only(command(8, purge(trash, file)))).isInstanceOf(Applied.class);

    assertThat(Path.of(file)).doesNotExist();
    assertThat(Files.exists(host.path("volumes/kept.raw"))).isTrue();
    assertThat(((Trash) host.settings().get(Trash.KEY)).files()).isEmpty();
  }

  @Test
  void aTrashThatHasChangedIsNotPurged() {
    VolumeFile first = made("raw");
    only(command(2, set(first.absent(), first)));
    Trash planned = (Trash) host.settings().get(Trash.KEY);
    VolumeFile second = volume("qcow2");
    only(command(3, set(second, second.absent())));
    only(command(4, set(second.absent(), second)));

    refused(only(command(5, purge(planned, planned.files().firstKey()))), RefusalReason.STALE);
  }

  private static PlannedAction purge(Trash expected, String... files) {
    return planned(new PurgeTrash(new TreeSet<>(List.of(files))), new HostSettingRecord(expected));
  }
}

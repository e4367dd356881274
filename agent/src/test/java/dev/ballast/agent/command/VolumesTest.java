package dev.ballast.agent.command;

import static dev.ballast.agent.command.AgentUnderTest.command;
import static dev.ballast.agent.command.AgentUnderTest.planned;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.agent.host.storage.PoolSpace;
import dev.ballast.core.action.Expectation.HostSettingRecord;
import dev.ballast.core.action.Outcome;
import dev.ballast.core.action.Outcome.Applied;
import dev.ballast.core.action.Outcome.Failed;
import dev.ballast.core.action.Outcome.Refused;
import dev.ballast.core.action.Outcome.Unchanged;
import dev.ballast.core.action.Outcome.Undone;
import dev.ballast.core.action.PlannedAction;
import dev.ballast.core.action.RefusalReason;
import dev.ballast.core.action.Reversible.SetHostSetting;
import dev.ballast.core.model.ImageFile;
import dev.ballast.core.model.StoredFile;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VolumeFile;
import dev.ballast.core.model.VolumeSource;
import dev.ballast.core.model.VolumeSource.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Volumes through the pipeline, made by the real qemu-img. */
class VolumesTest extends PipelineFixture {
  private static final long MIB = 1 << 20;

  private ImageFile image;

  @BeforeEach
  void fetch() {
    StoredSamples.source(host);
    image = StoredSamples.image(host);
    only(command(1, set(image, image.absent())));
  }

  private static PlannedAction set(StoredFile target, StoredFile expected) {
    return planned(new SetHostSetting(target), new HostSettingRecord(expected));
  }

  private static PlannedAction make(VolumeFile volume) {
    return set(volume, volume.absent());
  }

  private VolumeFile volume(String format, Kind kind) {
    Optional<String> from = kind == Kind.BLANK ? Optional.empty() : Optional.of(StoredSamples.NAME);
    return new VolumeFile(
        host.path("volumes/web-vda." + format).toString(),
        new VolumeFile.Content(format, new VolumeSource(from, kind, 8 * MIB), VM, 7));
  }

  @ParameterizedTest
  @CsvSource({"qcow2, OVERLAY", "qcow2, CLONE", "raw, CLONE", "qcow2, BLANK", "raw, BLANK"})
  void isMadeAndReadBack(String format, Kind kind) throws IOException {
    VolumeFile volume = volume(format, kind);

    assertThat(only(command(2, make(volume)))).isInstanceOf(Applied.class);

    assertThat(host.settings()).containsEntry(volume.key(), volume);
    assertThat(only(command(3, make(volume)))).isInstanceOf(Unchanged.class);
    assertThat(host.text("images/debian.raw")).isEqualTo(StoredSamples.TEXT);
    if (format.equals("raw") && kind == Kind.CLONE) {
      assertThat(host.text("volumes/web-vda.raw")).startsWith(StoredSamples.TEXT);
    }
  }

  @Test
  void anOverlayNamesItsImageAndItsFormat() throws IOException {
    only(command(2, make(volume("qcow2", Kind.OVERLAY))));

    assertThat(Files.readString(host.path("volumes/web-vda.qcow2"), StandardCharsets.ISO_8859_1))
        .contains(host.path("images/debian.raw").toString());
    assertThat(host.programs.commands.getLast()).containsSequence("-F", "raw");
  }

  @ParameterizedTest
  @CsvSource({"qcow2, OVERLAY", "raw, CLONE", "qcow2, BLANK"})
  void aLaterFailureDeletesWhatWasMade(String format, Kind kind) throws IOException {
    host.libvirt.refuses = "define";

    List<Outcome> outcomes = agent.execute(command(2, make(volume(format, kind)), define("new")));

    assertThat(outcomes.getFirst()).isInstanceOf(Undone.class);
    assertThat(files()).isEmpty();
  }

  @Test
  void aCloneNeedsRoomForAllThatItsImageHas() {
    host.machine.space = new PoolSpace.Space(100, 20);

    Outcome outcome = only(command(2, make(volume("raw", Kind.CLONE))));

    refused(outcome, RefusalReason.ILLEGAL);
    assertThat(((Refused) outcome).detail()).contains("would be 88 % full");
    assertThat(only(command(3, make(volume("qcow2", Kind.OVERLAY))))).isInstanceOf(Applied.class);
  }

  @Test
  void aDryRunMakesNothing() throws IOException {
    host.programs.commands.clear();

    assertThat(only(command(2, true, make(volume("raw", Kind.BLANK)))))
        .isInstanceOf(Outcome.WouldApply.class);

    assertThat(files()).isEmpty();
    assertThat(host.programs.commands).isEmpty();
  }

  @Test
  void aForeignFileIsNeverOverwritten() throws IOException {
    host.put("volumes/web-vda.raw", "somebody's data");

    Outcome outcome = only(command(2, make(volume("raw", Kind.BLANK))));

    refused(outcome, RefusalReason.ILLEGAL);
    assertThat(((Refused) outcome).detail()).contains("in the way");
    assertThat(host.text("volumes/web-vda.raw")).isEqualTo("somebody's data");
  }

  @Test
  void outsideOfThePoolsNothingIsMade() {
    VolumeFile.Content content = volume("raw", Kind.BLANK).content().orElseThrow();

    Outcome outcome = only(command(2, make(new VolumeFile("/etc/passwd.raw", content))));

    refused(outcome, RefusalReason.ILLEGAL);
    assertThat(((Refused) outcome).detail()).contains("'storage.pools' of agent.yaml");
  }

  @Test
  void withoutItsImageNothingIsMade() throws IOException {
    only(command(2, set(image.absent(), image)));

    assertThat(only(command(3, make(volume("qcow2", Kind.OVERLAY)))))
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.error()).contains("image:debian absent"));
    assertThat(files()).isEmpty();
  }

  @Test
  void goesIntoTheTrashWithItsDataAndComesBack() throws IOException {
    VolumeFile volume = volume("raw", Kind.BLANK);
    only(command(2, make(volume)));
    Files.writeString(Path.of(volume.path()), "x".repeat((int) (8 * MIB)));

    assertThat(only(command(3, set(volume.absent(), volume)))).isInstanceOf(Applied.class);

    assertThat(host.settings()).doesNotContainKey(volume.key());
    assertThat(files()).anyMatch(name -> name.equals("7-web-vda.raw"));
    assertThat(only(command(4, make(volume)))).isInstanceOf(Applied.class);
    assertThat(Files.readString(Path.of(volume.path()))).startsWith("xxx");
  }

  @Test
  void anotherOneOfThatPathLeavesTheTrashAlone() throws IOException {
    VolumeFile volume = volume("raw", Kind.BLANK);
    only(command(2, make(volume)));
    only(command(3, set(volume.absent(), volume)));
    VolumeFile next =
        new VolumeFile(
            volume.path(),
            new VolumeFile.Content(
                "raw", volume.content().orElseThrow().source(), new VmName("other"), 8));

    assertThat(only(command(4, make(next)))).isInstanceOf(Applied.class);
    assertThat(only(command(5, set(next.absent(), next)))).isInstanceOf(Applied.class);

    assertThat(files()).contains("7-web-vda.raw", "8-web-vda.raw");
  }

  @Test
  void anUndoneRemovalAndAnUndoneReturnLoseNothing() throws IOException {
    VolumeFile volume = volume("qcow2", Kind.BLANK);
    only(command(2, make(volume)));
    host.libvirt.refuses = "define";

    agent.execute(command(3, set(volume.absent(), volume), define("new")));
    assertThat(host.settings()).containsEntry(volume.key(), volume);
    only(command(4, set(volume.absent(), volume)));
    agent.execute(command(5, make(volume), define("new")));

    assertThat(files()).contains("7-web-vda.qcow2").doesNotContain("web-vda.qcow2");
  }

  @Test
  void whatADomainUsesStays() {
    VolumeFile volume = volume("qcow2", Kind.BLANK);
    only(command(2, make(volume)));
    FakeGuest guest = host.addGuest("web", DIGEST, false);
    guest.xml =
        guest.xml.replace(
            "</domain>",
            "<devices><disk type='file'><source file='"
                + volume.path()
                + "'/><target dev='vda'/></disk></devices></domain>");

    assertThat(only(command(3, set(volume.absent(), volume))))
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.error()).contains("domain web uses"));
    assertThat(host.settings()).containsEntry(volume.key(), volume);
  }

  @Test
  void anImageStaysWhileOverlaysNeedItAlsoInTheTrash() {
    VolumeFile volume = volume("qcow2", Kind.OVERLAY);
    only(command(2, make(volume)));
    refused(only(command(3, set(image.absent(), image))), RefusalReason.ILLEGAL);
    only(command(4, set(volume.absent(), volume)));

    Outcome outcome = only(command(5, set(image.absent(), image)));

    refused(outcome, RefusalReason.ILLEGAL);
    assertThat(((Refused) outcome).detail()).contains("purge the trash first");
  }

  /** All files of the pool but sidecars. */
  private List<String> files() throws IOException {
    Path pool = host.path("volumes");
    if (!Files.exists(pool)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(pool)) {
      return files
          .filter(Files::isRegularFile)
          .map(path -> path.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .toList();
    }
  }
}

package dev.ballast.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.action.ObjectKey;
import dev.ballast.core.model.VmName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreezeListTest {
  private static final VmName WEB = new VmName("web");
  private static final VmName DB = new VmName("db");

  @TempDir private Path directory;

  @Test
  void nothingIsFrozenWithoutAFile() {
    assertThat(new FreezeList(directory).read()).isEqualTo(FreezeList.Frozen.NOTHING);
  }

  @Test
  void vmsAndHostAreFrozenAndThawedApart() throws IOException {
    FreezeList list = new FreezeList(directory);
    list.freeze(Optional.of(WEB), "a\ttab and\na line");
    list.freeze(Optional.of(DB), "");
    list.freeze(Optional.empty(), "all");
    list.unfreeze(Optional.of(DB));

    FreezeList.Frozen frozen = new FreezeList(directory).read();
    assertThat(frozen.host()).contains("all");
    assertThat(frozen.vms()).containsOnlyKeys(WEB).containsValue("a tab and a line");
    assertThat(frozen.holds(ObjectKey.KSM)).isPresent();

    list.unfreeze(Optional.empty());
    frozen = list.read();
    assertThat(frozen.holds(ObjectKey.KSM)).isEmpty();
    assertThat(frozen.holds(ObjectKey.domain(DB))).isEmpty();
    assertThat(frozen.holds(ObjectKey.domain(WEB)))
        .hasValueSatisfying(why -> assertThat(why).contains("a tab and a line"));
  }

  @Test
  void aFileThatCannotBeUnderstoodFreezesTheHost() throws IOException {
    Files.writeString(directory.resolve("freeze"), "thaw everything\n");

    assertThat(new FreezeList(directory).read().holds(ObjectKey.KSM))
        .hasValueSatisfying(why -> assertThat(why).contains("thaw everything", "remove it"));
  }
}

package dev.ballast.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.OtherOwner;
import dev.ballast.core.model.VmName;
import dev.ballast.core.topology.CpuSet;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OwnershipTest {
  private static final VmName WEB = new VmName("web");
  private static final Action KSM = new Reversible.SetKsm(new KsmSettings(1, 100, 20));
  private static final Action PIN = new Reversible.PinCpus(WEB, CpuPins.uniform(1, CpuSet.of(0)));
  private static final Action START = new Final.StartDomain(WEB);

  private static Optional<String> other(Action action, Set<OtherOwner> onHost) {
    return Ownership.otherOwner(action, onHost, Optional.empty());
  }

  @Test
  void whoSetsKsmOwnsIt() {
    assertThat(other(KSM, Set.of(OtherOwner.KSMTUNED)).orElseThrow()).startsWith("ksmtuned sets");
    assertThat(other(KSM, Set.of(OtherOwner.VDSM)).orElseThrow()).startsWith("VDSM sets");
    assertThat(other(KSM, EnumSet.complementOf(EnumSet.of(OtherOwner.KSMTUNED, OtherOwner.VDSM))))
        .isEmpty();
  }

  @Test
  void whoMovesProcessesOwnsPins() {
    assertThat(other(PIN, Set.of(OtherOwner.NUMAD)).orElseThrow()).startsWith("numad moves");
    assertThat(other(PIN, EnumSet.complementOf(EnumSet.of(OtherOwner.NUMAD)))).isEmpty();
    assertThat(other(START, Set.of(OtherOwner.NUMAD))).isEmpty();
  }

  @Test
  void aMarkedDomainIsLeftAloneWholly() {
    for (Action action : Set.of(PIN, START, new Final.DestroyDomain(WEB))) {
      assertThat(Ownership.otherOwner(action, Set.of(), Optional.of(OtherOwner.NOVA)))
          .contains("domain web belongs to Nova: change it through Nova");
      assertThat(Ownership.otherOwner(action, Set.of(), Optional.empty())).isEmpty();
    }
  }
}

package dev.ballast.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class IdentityTest {
  private static final String CLUSTER = "0f1e2d3c-4b5a-4968-8776-655443322110";
  private static final VmName VM = new VmName("web-1");

  /** Other values would give every guest of a running cluster a new card and a new domain. */
  @Test
  void valuesNeverChange() {
    assertThat(Identity.mac(CLUSTER, VM, 0)).isEqualTo("22:db:e6:c8:11:a4");
    assertThat(Identity.domainUuid(CLUSTER, VM))
        .hasToString("92dd30a2-d90c-8725-8319-7a9978057d7e");
    assertThat(Identity.portUuid(CLUSTER, VM, 0))
        .hasToString("635bc528-9413-8267-ae25-af2c2193d9c3");
  }

  @Test
  void macsAreLocalUnicastAndNeverBeginWithFe() {
    Set<String> macs = new HashSet<>();
    for (int i = 0; i < 20_000; i++) {
      String mac = Identity.mac(CLUSTER, new VmName("vm-" + i), 0);
      assertThat(Integer.parseInt(mac.substring(0, 2), 16) & 3).isEqualTo(2);
      assertThat(mac).doesNotStartWith("fe").matches("([0-9a-f]{2}:){5}[0-9a-f]{2}");
      macs.add(mac);
    }
    assertThat(macs).hasSize(20_000);
  }

  @Test
  void uuidsAreOfVersionEight() {
    for (int i = 0; i < 1_000; i++) {
      UUID uuid = Identity.domainUuid(CLUSTER, new VmName("vm-" + i));
      assertThat(uuid.version()).isEqualTo(8);
      assertThat(uuid.variant()).isEqualTo(2);
    }
  }

  @Test
  void clusterNameAndNumberAllCount() {
    assertThat(
            Set.of(
                Identity.mac(CLUSTER, VM, 0),
                Identity.mac(CLUSTER, VM, 1),
                Identity.mac(CLUSTER, new VmName("web-10"), 0),
                Identity.mac("another", VM, 0)))
        .hasSize(4);
    assertThat(Identity.portUuid(CLUSTER, VM, 0)).isNotEqualTo(Identity.domainUuid(CLUSTER, VM));
  }
}

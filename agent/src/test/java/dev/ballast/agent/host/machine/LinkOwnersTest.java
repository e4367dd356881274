package dev.ballast.agent.host.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.agent.host.kernel.KernelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who manages links, from the files that the programs keep of them. */
class LinkOwnersTest {
  @TempDir Path root;

  private void put(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private String owner(String name, int index) {
    return new LinkOwners(new KernelFiles(root)).of(name, index);
  }

  @Test
  void networkManagerTellsWhichItManages() throws IOException {
    put("run/NetworkManager/devices/2", "[device]\nmanaged=true\nconnection-uuid=1\n");
    put("run/NetworkManager/devices/3", "[device]\nmanaged=false\n");

    assertThat(owner("eth0", 2)).isEqualTo("NetworkManager");
    assertThat(owner("eth1", 3)).isEmpty();
  }

  @Test
  void networkdTellsWhoseFileItFollows() throws IOException {
    put(
        "run/systemd/netif/links/2",
        "ADMIN_STATE=configured\nNETWORK_FILE=/run/systemd/network/10-netplan-eth0.network\n");
    put(
        "run/systemd/netif/links/3",
        "ADMIN_STATE=configuring\nNETWORK_FILE=/etc/systemd/network/lan.network\n");
    put("run/systemd/netif/links/4", "ADMIN_STATE=unmanaged\nOPER_STATE=routable\n");

    assertThat(owner("eth0", 2)).contains("netplan");
    assertThat(owner("eth1", 3)).isEqualTo("systemd-networkd");
    assertThat(owner("eth2", 4)).isEmpty();
  }

  @Test
  void ifupdownKnowsThoseOfItsFiles() throws IOException {
    put("run/network/ifstate", "lo=lo\neth0=lan\n");
    put("etc/network/interfaces.d/more", "auto eth1 eth2\niface eth3 inet static\n");
    put("sys/class/net/eth3/ifindex", "9\n");

    assertThat(owner("eth0", 2)).isEqualTo("ifupdown");
    assertThat(owner("eth2", 4)).isEqualTo("ifupdown");
    assertThat(owner("eth4", 6)).isEmpty();
    assertThat(new LinkOwners(new KernelFiles(root)).of("eth3")).isEqualTo("ifupdown");
  }
}

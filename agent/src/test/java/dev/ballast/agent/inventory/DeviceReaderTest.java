package dev.ballast.agent.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.agent.FixtureTree;
import dev.ballast.core.model.DeviceMatch;
import dev.ballast.core.model.HostDevice;
import dev.ballast.core.model.HostTraits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A card with two virtual functions on node 1, a graphics card, and the bridge above them. */
class DeviceReaderTest {
  private static final String BASE = "/sys/bus/pci/devices/";

  @TempDir Path folder;
  private FixtureTree tree;

  @BeforeEach
  void host() throws IOException {
    tree = new FixtureTree(folder);
    device("0000:3a:00.0", "0x060400", "0x8086", "0x2030", "1");
    device("0000:3b:00.0", "0x020000", "0x8086", "0x1572", "1");
    tree.write(BASE + "0000:3b:00.0/net/ens1f0/ifindex", "7\n");
    device("0000:3b:02.0", "0x020000", "0x8086", "0x154c", "1");
    device("0000:3b:02.1", "0x020000", "0x8086", "0x154c", "1");
    for (String function : List.of("0000:3b:02.0", "0000:3b:02.1")) {
      Path link = tree.files().resolve(BASE + function + "/physfn");
      Files.createSymbolicLink(link, Path.of("../0000:3b:00.0"));
    }
    device("0000:5e:00.0", "0x030200", "0x10de", "0x20b0", "-1");
  }

  private void device(String address, String kind, String vendor, String id, String node) {
    tree.write(BASE + address + "/class", kind + "\n")
        .write(BASE + address + "/vendor", vendor + "\n")
        .write(BASE + address + "/device", id + "\n")
        .write(BASE + address + "/numa_node", node + "\n");
  }

  private List<HostDevice> read(Map<String, String> pools) {
    SortedMap<String, List<DeviceMatch>> matches = new TreeMap<>();
    pools.forEach((pool, text) -> matches.put(pool, DeviceMatch.parse(text)));
    return new DeviceReader(tree.files(), matches).read();
  }

  @Test
  void virtualFunctionsAreFoundByTheInterfaceOfTheirCard() {
    assertThat(read(Map.of("fast-net", "vf:ens1f0")))
        .containsExactly(
            new HostDevice("fast-net", "0000:3b:02.0", "8086:154c", 1, true, "ens1f0"),
            new HostDevice("fast-net", "0000:3b:02.1", "8086:154c", 1, true, "ens1f0"));
  }

  @Test
  void othersByKindAndAddressEachInOnePoolOnly() {
    assertThat(read(Map.of("gpu", "10de:20b0", "own", "0000:3b:02.1", "rest", "8086:154c")))
        .containsExactly(
            new HostDevice("rest", "0000:3b:02.0", "8086:154c", 1, true, "ens1f0"),
            new HostDevice("own", "0000:3b:02.1", "8086:154c", 1, true, "ens1f0"),
            new HostDevice("gpu", "0000:5e:00.0", "10de:20b0", HostDevice.NO_NODE, false, ""));
  }

  @Test
  void aWholeCardIsAPciDeviceAndABridgeIsNone() {
    assertThat(read(Map.of("cards", "8086:1572, 8086:2030")))
        .containsExactly(new HostDevice("cards", "0000:3b:00.0", "8086:1572", 1, false, ""));
  }

  @Test
  void withoutPoolsNothingIsGiven() {
    assertThat(read(Map.of())).isEmpty();
    tree.delete("/sys");
    assertThat(read(Map.of("gpu", "10de:20b0"))).isEmpty();
  }

  @Test
  void theInventoryTellsThem() {
    InventoryReader.Software none =
        new InventoryReader.Software(
            Optional::empty, Optional::empty, Optional::empty, Optional::empty);
    InventoryReader reader =
        new InventoryReader(
            tree.files(),
            Optional.empty(),
            Optional.empty(),
            HostTraits.NONE,
            new TreeMap<>(Map.of("gpu", DeviceMatch.parse("10de:20b0"))),
            none);

    assertThat(reader.read().devices())
        .extracting(HostDevice::address)
        .containsExactly("0000:5e:00.0");
  }
}

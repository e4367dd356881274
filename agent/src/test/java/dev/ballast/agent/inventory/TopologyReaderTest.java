package dev.ballast.agent.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.core.topology.CacheLevel;
import dev.ballast.core.topology.CpuSet;
import dev.ballast.core.topology.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TopologyReaderTest {
  /** Files read over all rounds of one dump, so that large dumps take no longer than small ones. */
  private static final int GARBLED_FILES = 12_000;

  @TempDir Path folder;

  static List<String> dumps() {
    return Dumps.names();
  }

  @Test
  void allDumpsAreThere() {
    assertThat(Dumps.names()).hasSize(20);
  }

  @ParameterizedTest
  @MethodSource("dumps")
  void readsDumpAsHwlocDoes(String name) throws IOException {
    Topology topology = read(Dumps.unpack(name, folder));
    JsonNode expected = new ObjectMapper().readTree(Dumps.expected(name).toFile());
    assertThat(withoutExtras(TopologyJson.of(topology)).toPrettyString())
        .isEqualTo(expected.toPrettyString());
  }

  @Test
  void distancesAndHugepagesAreReadForTheKeptNodes() throws IOException {
    Topology topology = read(Dumps.unpack("fakeheteromemtiers", folder));
    assertThat(topology.numaNodes())
        .allSatisfy(node -> assertThat(node.distances()).hasSize(7))
        .allSatisfy(node -> assertThat(node.hugepages()).isNotEmpty());
  }

  @Test
  void packageThatCutsThroughAnotherIsLeftOut() throws IOException {
    Path dump = Dumps.unpack("8ia64-2s2c2t", folder);
    for (int cpu = 0; cpu < 8; cpu++) {
      write(dump, cpuFile(cpu, "topology/core_siblings"), cpu < 6 ? "0000003f\n" : "000000f0\n");
    }
    assertThat(read(dump).packages()).containsExactly(CpuSet.range(0, 5));
  }

  @Test
  void cacheThatCutsThroughAPackageIsLeftOut() throws IOException {
    Path dump = Dumps.unpack("8ia64-2s2c2t", folder);
    for (int cpu = 0; cpu < 8; cpu++) {
      String map = cpu >= 2 && cpu < 6 ? "0000003c\n" : "%08x\n".formatted(1 << cpu);
      write(dump, cpuFile(cpu, "cache/index4/shared_cpu_map"), map);
    }
    assertThat(read(dump).lastLevelCache())
        .isEqualTo(
            new CacheLevel(3, List.of(CpuSet.of(0), CpuSet.of(1), CpuSet.of(6), CpuSet.of(7))));
  }

  @Test
  void hostWithoutNodeFilesIsOneNodeOfAllItsMemory() throws IOException {
    Path dump = Dumps.unpack("2arm-2c", folder);
    assertThat(Files.exists(dump.resolve("sys/devices/system/node"))).isFalse();
    Topology topology = read(dump);
    assertThat(topology.numaNodes()).hasSize(1);
    assertThat(topology.numaNodes().getFirst().cpus()).isEqualTo(topology.onlineCpus());
    assertThat(topology.numaNodes().getFirst().memoryBytes()).isEqualTo(287580160L);
  }

  @Test
  void nodeOfAGpuIsLeftOut() throws IOException {
    Path dump = Dumps.unpack("48amd64-4pa2n6c-sparse", folder);
    write(dump, "proc/driver/nvidia/gpus/0000:01:00.0/numa_status", "Node:   33\n");
    assertThat(read(dump).numaNodes()).extracting(node -> node.id()).doesNotContain(33).hasSize(7);
  }

  @Test
  void nodeWithoutMemoryFileHasUnknownMemory() throws IOException {
    Path dump = Dumps.unpack("48amd64-4pa2n6c-sparse", folder);
    Files.delete(dump.resolve("sys/devices/system/node/node1/meminfo"));
    assertThat(read(dump).numaNodes().get(1).memoryBytes()).isZero();
  }

  @Test
  void anEmptyRootStillHasOneCpuAndOneNode() {
    Topology topology = read(folder);
    assertThat(topology.onlineCpus()).isEqualTo(CpuSet.of(0));
    assertThat(topology.numaNodes()).hasSize(1);
    assertThat(topology.lastLevelCache()).isEqualTo(CacheLevel.NONE);
  }

  @Test
  void cpusWithoutTopologyFilesAreStillOnline() throws IOException {
    write(folder, "proc/cpuinfo", "processor\t: 0\n\nprocessor\t: 1\nprocessor: 99999999999\n");
    assertThat(read(folder).onlineCpus()).isEqualTo(CpuSet.range(0, 1));
  }

  /** Every round destroys some files of a dump in another way; the reader must bear them all. */
  @ParameterizedTest
  @MethodSource("dumps")
  void garbledFilesNeverThrow(String name) throws IOException {
    Path dump = Dumps.unpack(name, folder);
    List<Path> files = topologyFiles(dump);
    Random random = new Random(name.hashCode());
    for (int round = 0; round < Math.clamp(GARBLED_FILES / files.size(), 2, 40); round++) {
      for (int i = 0; i < 5; i++) {
        garble(files.get(random.nextInt(files.size())), random);
      }
      Topology topology = read(dump);
      assertThat(topology.onlineCpus().isEmpty()).isFalse();
      assertThat(topology.numaNodes()).isNotEmpty();
      assertThat(TopologyPicture.of(topology)).isNotEmpty();
      assertThat(TopologyJson.of(topology).toPrettyString()).isNotEmpty();
    }
  }

  private static List<Path> topologyFiles(Path dump) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String part : List.of("sys/devices/system/cpu", "sys/devices/system/node", "proc")) {
      if (Files.isDirectory(dump.resolve(part))) {
        try (Stream<Path> walk = Files.walk(dump.resolve(part))) {
          walk.filter(Files::isRegularFile).sorted().forEach(files::add);
        }
      }
    }
    return files;
  }

  private static void garble(Path file, Random random) throws IOException {
    if (!Files.isRegularFile(file)) {
      return;
    }
    switch (random.nextInt(7)) {
      case 0 -> Files.write(file, new byte[0]);
      case 1 -> {
        byte[] noise = new byte[random.nextInt(200)];
        random.nextBytes(noise);
        Files.write(file, noise);
      }
      case 2 -> {
        byte[] content = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(content, random.nextInt(content.length + 1)));
      }
      case 3 -> Files.writeString(file, "99999999999999999999999");
      case 4 -> Files.writeString(file, "-1,5-3,,0-99999,x");
      case 5 -> {
        Files.delete(file);
        Files.createDirectory(file);
      }
      default -> Files.delete(file);
    }
  }

  private static JsonNode withoutExtras(JsonNode json) {
    json.get("numaNodes")
        .forEach(node -> ((ObjectNode) node).remove(List.of("distances", "hugepages")));
    return json;
  }

  private static String cpuFile(int cpu, String name) {
    return "sys/devices/system/cpu/cpu" + cpu + "/" + name;
  }

  private static void write(Path root, String path, String content) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private static Topology read(Path root) {
    return new TopologyReader(new KernelFiles(root)).read();
  }
}

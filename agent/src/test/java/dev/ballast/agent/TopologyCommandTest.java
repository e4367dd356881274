package dev.ballast.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TopologyCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  @BeforeEach
  void dumpOfTwoCoresInTwoNodes() throws IOException {
    for (int cpu = 0; cpu < 4; cpu++) {
      int core = cpu % 2;
      write("sys/devices/system/cpu/cpu" + cpu + "/topology/core_cpus", core == 0 ? "5" : "a");
      write("sys/devices/system/cpu/cpu" + cpu + "/topology/package_cpus", "f");
      write("sys/devices/system/cpu/cpu" + cpu + "/cache/index0/level", "3\n");
      write("sys/devices/system/cpu/cpu" + cpu + "/cache/index0/shared_cpu_map", "f\n");
    }
    for (int node = 0; node < 2; node++) {
      String base = "sys/devices/system/node/node" + node;
      write(base + "/cpumap", node == 0 ? "5\n" : "a\n");
      write(base + "/meminfo", "Node " + node + " MemTotal:   1048576 kB\n");
      write(base + "/distance", node == 0 ? "10 21\n" : "21 10\n");
      write(base + "/hugepages/hugepages-2048kB/nr_hugepages", "4\n");
      write(base + "/hugepages/hugepages-2048kB/free_hugepages", "3\n");
    }
  }

  @Test
  void drawsNodesCachesAndCores() {
    assertThat(run("topology", "--root", folder.toString())).isZero();
    assertThat(out.toString())
        .isEqualTo(
            """
            4 CPUs, 2 cores, 1 package, 2 NUMA nodes, 2.0 GiB, CPUs 0-3
            node 0     CPUs 0,2, 1.0 GiB, distances 10 21, 3 of 4 hugepages of 2048 KiB free
              L3 cache, CPUs 0,2
                [0 2]
            node 1     CPUs 1,3, 1.0 GiB, distances 21 10, 3 of 4 hugepages of 2048 KiB free
              L3 cache, CPUs 1,3
                [1 3]
            """);
  }

  @Test
  void printsJson() throws IOException {
    assertThat(run("topology", "--root", folder.toString(), "-o", "json")).isZero();
    String expected =
        """
        {"onlineCpus":"0-3","packages":["0-3"],"cores":["0,2","1,3"],"numaNodes":[
          {"id":0,"cpus":"0,2","memoryBytes":1073741824,"distances":[10,21],
           "hugepages":[{"pageSizeBytes":2097152,"totalPages":4,"freePages":3}]},
          {"id":1,"cpus":"1,3","memoryBytes":1073741824,"distances":[21,10],
           "hugepages":[{"pageSizeBytes":2097152,"totalPages":4,"freePages":3}]}],
         "lastLevelCache":{"level":"L3Cache","groups":["0-3"]}}
        """;
    ObjectMapper mapper = new ObjectMapper();
    assertThat(mapper.readTree(out.toString())).isEqualTo(mapper.readTree(expected));
  }

  @Test
  void missingRootIsOneLineWithTheRemedy() {
    assertThat(run("topology", "--root", folder.resolve("none").toString())).isEqualTo(2);
    assertThat(err.toString().strip().lines()).hasSize(1);
    assertThat(err.toString()).contains("is not a directory", "name one that holds sys/ and proc/");
  }

  @Test
  void rootWithoutKernelFilesIsOneLineWithTheRemedy() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThat(run("topology", "--root", empty.toString())).isEqualTo(2);
    assertThat(err.toString().strip().lines()).hasSize(1);
    assertThat(err.toString()).contains("neither sys/ nor proc/");
  }

  @Test
  void unknownFormatIsRefused() {
    assertThat(run("topology", "-o", "xml")).isEqualTo(2);
    assertThat(err.toString()).contains("xml", "table, json");
  }

  private int run(String... args) {
    CommandLine commandLine = AgentMain.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(args);
  }

  private void write(String path, String content) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}

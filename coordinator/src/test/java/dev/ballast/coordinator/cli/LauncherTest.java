package dev.ballast.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The launchers in packaging/bin, with JDKs that only print how they were called. */
class LauncherTest {
  private static final Path BIN = Path.of("../packaging/bin").toAbsolutePath().normalize();

  @TempDir Path directory;
  private final Map<String, String> environment = new HashMap<>();
  private Path lib = Path.of("");

  /** What a launcher did. */
  private record Result(int exit, List<String> out, String err) {}

  @BeforeEach
  void makeLibrary() throws IOException {
    lib = Files.createDirectory(directory.resolve("lib"));
    for (String program : List.of("agent", "coordinator", "bench")) {
      Files.writeString(lib.resolve("ballast-" + program + ".jar"), "");
    }
    Files.createDirectory(directory.resolve("jvm"));
    environment.put("BALLAST_LIB", lib.toString());
    environment.put("BALLAST_JVM_DIR", directory.resolve("jvm").toString());
  }

  private Path jdk(String name, String version) throws IOException {
    Path home = Files.createDirectories(directory.resolve("jvm").resolve(name));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    Path java = Files.createDirectory(home.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$0\" \"$@\"\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    return home;
  }

  private Result run(Path launcher, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", launcher.toString()));
    command.addAll(List.of(arguments));
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().putAll(environment);
    int exit = builder.start().waitFor();
    return new Result(exit, Files.readAllLines(out), Files.readString(err));
  }

  @ParameterizedTest
  @CsvSource({
    "ballast, ballast-coordinator.jar, -cp",
    "ballast-agent, ballast-agent.jar, -jar",
    "ballast-coordinator, ballast-coordinator.jar, -jar",
    "ballast-bench, ballast-bench.jar, -jar"
  })
  void startsItsProgramWithTheWordsGiven(String launcher, String jar, String how) throws Exception {
    environment.put("JAVA_HOME", jdk("own", "25.0.1").toString());
    Result result = run(BIN.resolve(launcher), "one", "two words");
    assertThat(result.err()).isEmpty();
    assertThat(result.out().getFirst()).endsWith("/own/bin/java");
    assertThat(result.out())
        .containsSubsequence(how, lib.resolve(jar).toString())
        .endsWith("one", "two words")
        .contains("--enable-native-access=ALL-UNNAMED");
  }

  @Test
  void takesTheNewestJdkWhereJavaHomeIsTooOld() throws Exception {
    environment.put("JAVA_HOME", jdk("a-17", "17.0.9").toString());
    jdk("b-25", "25");
    jdk("c-26", "26.0.1");
    jdk("d-25", "25.0.9");
    assertThat(run(BIN.resolve("ballast")).out().getFirst()).endsWith("/c-26/bin/java");
  }

  @Test
  void saysWhatToInstallWhereThereIsNoJdk() throws Exception {
    jdk("old", "21.0.1");
    environment.put("PATH", emptyPath());
    Result result = run(BIN.resolve("ballast-agent"));
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err())
        .startsWith("ballast-agent: needs Java 25 or newer")
        .contains("install a JDK 25")
        .hasLineCount(1);
  }

  /** The tools that the launchers use, without any java. */
  private String emptyPath() throws IOException {
    Path tools = Files.createDirectory(directory.resolve("tools"));
    for (String tool : List.of("dirname", "readlink", "bash")) {
      Files.createSymbolicLink(tools.resolve(tool), Path.of("/usr/bin").resolve(tool));
    }
    return tools.toString();
  }

  @Test
  void saysHowToGetAMissingJar() throws Exception {
    environment.put("JAVA_HOME", jdk("own", "25").toString());
    Files.delete(lib.resolve("ballast-agent.jar"));
    Result result = run(BIN.resolve("ballast-agent"));
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).contains("ballast-agent.jar cannot be read").hasLineCount(1);
  }

  @Test
  void findsTheJarBesideAnInstalledBinThroughALink() throws Exception {
    environment.put("JAVA_HOME", jdk("own", "25").toString());
    environment.remove("BALLAST_LIB");
    Path bin = Files.createDirectory(directory.resolve("bin"));
    for (String file : List.of("ballast", "ballast-env.sh")) {
      Files.copy(BIN.resolve(file), bin.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
    }
    Path link = Files.createSymbolicLink(directory.resolve("link"), bin.resolve("ballast"));
    assertThat(run(link).out()).contains(lib.resolve("ballast-coordinator.jar").toString());
  }

  @Test
  void usesACacheOnlyWhileItIsNewerThanTheJar() throws Exception {
    environment.put("JAVA_HOME", jdk("own", "25").toString());
    Path jar = lib.resolve("ballast-coordinator.jar");
    Path cache = Files.writeString(lib.resolve("ballast-cli.aot"), "");
    Instant now = Files.getLastModifiedTime(jar).toInstant();
    Files.setLastModifiedTime(cache, FileTime.from(now.plusSeconds(5)));
    assertThat(run(BIN.resolve("ballast")).out()).contains("-XX:AOTCache=" + cache);
    Files.setLastModifiedTime(cache, FileTime.from(now.minusSeconds(5)));
    assertThat(run(BIN.resolve("ballast")).out()).noneMatch(word -> word.contains("AOTCache"));
  }

  @Test
  void heapsCanBeSet() throws Exception {
    environment.put("JAVA_HOME", jdk("own", "25").toString());
    assertThat(run(BIN.resolve("ballast-agent")).out()).contains("-Xmx48m", "-XX:+UseSerialGC");
    environment.put("BALLAST_AGENT_XMX", "64m");
    environment.put("BALLAST_COORDINATOR_XMX", "1g");
    environment.put("BALLAST_JAVA_FLAGS", "-Da=1 -Db=2");
    assertThat(run(BIN.resolve("ballast-agent")).out()).contains("-Xmx64m", "-Da=1", "-Db=2");
    assertThat(run(BIN.resolve("ballast-coordinator")).out()).contains("-Xmx1g");
  }
}

package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Domains that others made are adopted as they are, from a host that takes commands and from one
 * that is only observed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AdoptIT {
  private static final Path CORPUS = Lab.ROOT.resolve("core/src/test/resources/domains");

  /** So many of libvirt's and virt-install's definitions must be such that this libvirt takes. */
  private static final int CORPUS_AT_LEAST = 20;

  private final Lab lab = Lab.up(2);
  private Cluster cluster;
  private Path specs;
  private final Map<String, String> xmlBefore = new TreeMap<>();
  private String pidBefore = "";

  @BeforeAll
  void start() throws IOException {
    cluster = Cluster.start(lab, "auto", "h1", "h2");
    specs = cluster.directory.resolve("adopted");
    define("h1", "odd", odd("odd"));
    define("h2", "seen", odd("seen"));
    lab.virsh("h1", "start", "odd");
    lab.virsh("h2", "start", "seen");
    cluster.killAgent("h2");
    Cluster.edit(
        cluster.directory.resolve("hosts/h2/agent.yaml"),
        "(?m)^observeOnly:.*$",
        "observeOnly: true");
    cluster.startAgent("h2");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> cluster.ballast("hosts").out().contains("observe-only"));
  }

  @AfterAll
  void stop() throws IOException {
    for (String vm : domains("h1")) {
      lab.exec("h1", "virsh", "-q", "undefine", "--nvram", vm);
    }
    cluster.close();
  }

  /** Devices that no specification has words for. */
  private static String odd(String name) {
    return """
        <domain type='qemu'>
          <name>%s</name>
          <metadata><my:note xmlns:my='urn:example:note' level='3'>by <b>hand</b></my:note></metadata>
          <memory unit='MiB'>96</memory>
          <vcpu placement='static'>1</vcpu>
          <os><type arch='x86_64' machine='pc'>hvm</type><boot dev='network'/></os>
          <features><acpi/></features>
          <devices>
            <emulator>%s</emulator>
            <interface type='user'><mac address='52:54:00:ad:00:01'/><model type='e1000'/></interface>
            <serial type='pty'><target port='0'/></serial>
            <graphics type='vnc' port='-1' passwd='secret'/>
            <video><model type='cirrus'/></video>
            <watchdog model='i6300esb' action='reset'/>
            <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
          </devices>
        </domain>
        """
        .formatted(name, Lab.EMULATOR);
  }

  private boolean define(String host, String name, String xml) throws IOException {
    Path file = Files.writeString(cluster.directory.resolve(name + ".xml"), xml);
    return lab.exec(host, "virsh", "-q", "define", file.toString()).exit() == 0;
  }

  private String inactive(String host, String vm) {
    return lab.virsh(host, "dumpxml", "--inactive", "--security-info", vm);
  }

  private String pid(String host, String vm) {
    return lab.exec(host, "cat", "/run/libvirt/qemu/" + vm + ".pid").orFail().strip();
  }

  private List<String> domains(String host) {
    return Stream.of(lab.virsh(host, "list", "--all", "--name").split("\n"))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .toList();
  }

  @Test
  @Order(1)
  void libvirtTakesMostOfTheCorpus() throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.walk(CORPUS)) {
      files = found.filter(file -> file.toString().endsWith(".xml")).sorted().toList();
    }
    int taken = 0;
    for (int i = 0; i < files.size(); i++) {
      String name = "corpus-" + i;
      String uuid = "00000000-0000-4000-8000-%012d".formatted(i + 1);
      String xml =
          Files.readString(files.get(i))
              .replaceAll("<name>[^<]*</name>", "<name>" + name + "</name>")
              .replaceAll("<uuid>[^<]*</uuid>", "<uuid>" + uuid + "</uuid>")
              .replaceAll("(<mac address=.)[^'\"]*", "$152:54:00:c0:%02x:01".formatted(i))
              .replaceAll("<domain type=.kvm.", "<domain type='qemu'");
      taken += define("h1", name, xml) ? 1 : 0;
    }
    assertThat(taken).isGreaterThanOrEqualTo(CORPUS_AT_LEAST);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> cluster.ballast("vms").out().lines().count() > domains("h1").size());
  }

  @Test
  @Order(2)
  void withoutRunNothingIsWrittenOrRemembered() {
    String preview = cluster.ballast("adopt", "h1", "odd").orFail();

    assertThat(preview).contains("kind: VM", "name: odd", "i6300esb", "domainXml: |", "--run");
    assertThat(cluster.json("vms", "odd").toString()).contains("\"specified\":false");
    assertThat(cluster.ballast("adopt", "h1", "--run").exit()).isEqualTo(2);
  }

  @Test
  @Order(3)
  void adoptsAllAndLeavesThemAsTheyAre() throws IOException {
    domains("h1").forEach(vm -> xmlBefore.put(vm, inactive("h1", vm)));
    pidBefore = pid("h1", "odd");

    Shell.Result adopted = cluster.ballast("adopt", "h1", "-d", specs.toString(), "--run");

    adopted.orFail();
    List<String> written = new ArrayList<>(xmlBefore.keySet());
    written.removeIf(vm -> !Files.exists(specs.resolve(vm + ".yaml")));
    assertThat(written).as("%s", adopted).contains("odd").hasSizeGreaterThan(CORPUS_AT_LEAST);
    nothingToDo();
    assertThat(pid("h1", "odd")).isEqualTo(pidBefore);
    xmlBefore.forEach((vm, xml) -> assertThat(inactive("h1", vm)).as(vm).isEqualTo(xml));
    assertThat(cluster.ballast("adopt", "h1", "odd").err()).contains("is specified already");
    releaseTheCorpus(adopted.out());
  }

  /** Together they want more memory than the host has, which only hinders what changes. */
  private void releaseTheCorpus(String adopted) throws IOException {
    String operation = adopted.replaceAll("(?s).*\\b(op-[0-9]+)\\b.*", "$1");
    cluster.ballast("rollback", operation, "--run").orFail();
    assertThat(inactive("h1", "odd")).isEqualTo(xmlBefore.get("odd"));
    assertThat(pid("h1", "odd")).isEqualTo(pidBefore);
    for (String vm : xmlBefore.keySet()) {
      Files.deleteIfExists(specs.resolve(vm + ".yaml"));
    }
    cluster.ballast("adopt", "h1", "odd", "-d", specs.toString(), "--run").orFail();
  }

  private void nothingToDo() {
    Shell.Result plan = cluster.ballast("plan", "-f", specs.toString(), "--exit-code");
    assertThat(plan.exit()).as("%s", plan).isZero();
    assertThat(plan.out()).contains("Nothing to do");
    assertThat(cluster.ballast("drift").exit()).isZero();
  }

  @Test
  @Order(4)
  void adoptsFromAHostThatIsOnlyObserved() {
    String before = inactive("h2", "seen");

    cluster.ballast("adopt", "h2", "seen", "-d", specs.toString(), "--run").orFail();

    nothingToDo();
    assertThat(inactive("h2", "seen")).isEqualTo(before);
  }

  @Test
  @Order(5)
  void aChangeIsPlannedForTheNextStartAndRolledBack() throws IOException {
    Cluster.edit(specs.resolve("odd.yaml"), "memory: 96MiB", "memory: 128MiB");

    String plan = cluster.ballast("plan", "-f", specs.toString()).orFail();
    assertThat(plan).contains("define odd").contains("takes effect at its next start");
    String applied = cluster.ballast("apply", "-f", specs.toString(), "--run").orFail();

    assertThat(pid("h1", "odd")).isEqualTo(pidBefore);
    assertThat(inactive("h1", "odd"))
        .contains(
            "<memory unit='KiB'>131072</memory>", "i6300esb", "passwd='secret'", "<b>hand</b>");
    assertThat(lab.virsh("h1", "dumpxml", "odd")).contains("<memory unit='KiB'>98304</memory>");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                cluster.ballast("plan", "-f", specs.toString(), "--exit-code").exit() == 0
                    && cluster.ballast("drift").exit() == 0);
    String operation = applied.replaceAll("(?s).*\\b(op-[0-9]+)\\b.*", "$1");
    cluster.ballast("rollback", operation, "--run").orFail();
    assertThat(inactive("h1", "odd")).contains("<memory unit='KiB'>98304</memory>");
    assertThat(pid("h1", "odd")).isEqualTo(pidBefore);
  }

  @Test
  @Order(6)
  void anObservedHostShowsDriftAndIsNeverCommanded() throws IOException {
    lab.virsh("h2", "vcpupin", "seen", "0", "0", "--live");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> cluster.ballast("drift").out().contains("seen"));
    Shell.Result plan = cluster.ballast("plan", "-f", specs.toString());
    assertThat(plan.exit()).as("%s", plan).isEqualTo(4);
    assertThat(plan.err()).contains("h2").contains("only observed");
    assertThat(cluster.ballast("ksm", "on", "--host", "h2").exit()).isEqualTo(4);
    assertThat(cluster.ballast("ksm", "on", "--host", "h2", "--run").exit()).isEqualTo(4);

    assertThat(cluster.json("hosts", "h2").toString())
        .contains("\"observeOnly\":true")
        .doesNotContain("\"epochMillis\":\"0\"");
    assertThat(Files.readString(cluster.directory.resolve("h2-agent.log")))
        .doesNotContain("observes only (observeOnly: true)");
    assertThat(journalOfH2()).doesNotContain("vcpupin").doesNotContain("seen");
  }

  /** What its agent recorded; a command would be there with the name of its object. */
  private String journalOfH2() throws IOException {
    StringBuilder all = new StringBuilder();
    Path state = cluster.directory.resolveSibling("state");
    try (Stream<Path> files = Files.walk(state)) {
      List<Path> found = files.filter(f -> f.toString().contains("h2")).toList();
      assertThat(found).isNotEmpty();
      for (Path file : found) {
        if (Files.isRegularFile(file)) {
          all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
        }
      }
    }
    return all.toString();
  }
}

package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Rules of good practice and other owners on a real host: domains that break the rules beside one
 * that keeps them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DoctorIT {
  private static final String BAD =
      """
      <domain type='qemu'><name>bad</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
        <os><type arch='x86_64' machine='pc'>hvm</type></os>
        <devices><emulator>%s</emulator>
          <disk type='file' device='disk'><driver name='qemu' type='raw' cache='unsafe'/>
            <source file='/var/lib/libvirt/images/bad.img'/><target dev='hda' bus='ide'/></disk>
          <interface type='user'><mac address='52:54:00:00:00:0b'/><model type='e1000'/></interface>
          <graphics type='vnc'/><sound model='ich6'/>
        </devices></domain>
      """;
  private static final String GOOD =
      """
      <domain type='qemu'><name>good</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
        <cputune><shares>100</shares></cputune>
        <os><type arch='x86_64' machine='pc'>hvm</type></os>
        <devices><emulator>%s</emulator><controller type='usb' model='none'/></devices></domain>
      """;
  private static final String NOVAS =
      """
      <domain type='qemu'><name>novas</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
        <metadata><n:instance xmlns:n='http://openstack.org/xmlns/libvirt/nova/1.1'/></metadata>
        <cputune><shares>100</shares></cputune>
        <os><type arch='x86_64' machine='pc'>hvm</type></os>
        <devices><emulator>%s</emulator><controller type='usb' model='none'/></devices></domain>
      """;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Lab lab = Lab.up(1);
  private Cluster cluster;
  private Process ksmtuned;

  @BeforeAll
  void start() throws IOException {
    cluster = Cluster.start(lab, "off", "h1");
    lab.exec("h1", "mkdir", "-p", "/var/lib/libvirt/images").orFail();
    lab.exec("h1", "truncate", "-s", "1M", "/var/lib/libvirt/images/bad.img").orFail();
    for (String xml : List.of(BAD, GOOD, NOVAS)) {
      Path file = Files.createTempFile(cluster.directory, "domain", ".xml");
      Files.writeString(file, xml.formatted(Lab.EMULATOR));
      lab.virsh("h1", "define", file.toString());
    }
  }

  @AfterAll
  void stop() throws IOException {
    if (ksmtuned != null) {
      Programs.kill(ksmtuned);
    }
    cluster.close();
  }

  @Test
  void eachRuleFindsTheDomainThatBreaksItAndNoOther() {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(rules(findings(5, "doctor"), "bad"))
                    .contains("BL003", "BL004", "BL005", "BL006", "BL007"));
    JsonNode findings = findings(5, "doctor", "h1");

    assertThat(rules(findings, "good")).isEmpty();
    assertThat(rules(findings, "novas")).containsExactly("BL011");
    assertThat(findings.path(0).path("severity").asText()).isEqualTo("SEVERITY_ERROR");
    assertThat(rules(findings(0, "doctor", "--rule", "BL006"), "bad")).containsExactly("BL006");
    assertThat(cluster.ballast("doctor").out())
        .contains("disk hda cache is unsafe")
        .contains("virsh edit bad: <model type='virtio'/> of 52:54:00:00:00:0b");
    assertThat(cluster.ballast("doctor", "--rule", "BL999").err()).contains("no rule BL999");
  }

  @Test
  void theAgentAloneFindsTheSame() throws IOException {
    Shell.Result alone = Programs.run(lab, "h1", "ballast-agent", "doctor", "-o", "json");

    assertThat(alone.exit()).as(alone.toString()).isEqualTo(5);
    JsonNode answer = JSON.readTree(alone.out());
    assertThat(rules(answer.path("findings"), "bad"))
        .contains("BL003", "BL004", "BL005", "BL006", "BL007");
    assertThat(rules(answer.path("findings"), "good")).isEmpty();
    assertThat(answer.path("notExamined").toString()).isEqualTo("[\"BL002\"]");
  }

  @Test
  void ksmOfAHostWithKsmtunedIsRefusedByPlannerAndAgent() throws IOException {
    // Made while nobody else owned KSM.
    Shell.Result plan = cluster.ballast("ksm", "set", "--pages-to-scan", "321", "--host", "h1");
    String id = plan.orFail().replaceAll("(?s).*(plan-[0-9]+).*", "$1");
    Path fake = cluster.directory.resolve("ksmtuned");
    Files.copy(Path.of("/bin/sleep"), fake);
    ksmtuned =
        new ProcessBuilder(lab.execCommand("h1", List.of(fake.toString(), "300")))
            .redirectInput(Path.of("/dev/null").toFile())
            .start();

    Shell.Result executed = cluster.ballast("apply", id, "--run");

    assertThat(executed.exit()).as(executed.toString()).isNotZero();
    assertThat(executed.out() + executed.err()).contains("ksmtuned sets KSM on this host");
    assertThat(lab.exec("h1", "cat", "/sys/kernel/mm/ksm/pages_to_scan").orFail().strip())
        .isNotEqualTo("321");
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> assertThat(cluster.ballast("hosts", "-o", "wide").out()).contains("ksmtuned"));
    Shell.Result again = cluster.ballast("ksm", "set", "--pages-to-scan", "123", "--host", "h1");
    assertThat(again.exit()).as(again.toString()).isEqualTo(4);
    assertThat(again.err()).contains("h1: ksmtuned sets KSM on this host");
    assertThat(cluster.ballast("doctor", "--rule", "BL011").out()).contains("process ksmtuned");
  }

  private JsonNode findings(int exit, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("-o", "json"));
    Shell.Result result = cluster.ballast(all.toArray(String[]::new));
    assertThat(result.exit()).as(result.toString()).isEqualTo(exit);
    try {
      return JSON.readTree(result.out()).path("findings");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<String> rules(JsonNode findings, String vm) {
    Set<String> rules = new TreeSet<>();
    findings.forEach(
        finding -> {
          if (finding.path("vm").asText().equals(vm)) {
            rules.add(finding.path("rule").asText());
          }
        });
    return rules;
  }
}

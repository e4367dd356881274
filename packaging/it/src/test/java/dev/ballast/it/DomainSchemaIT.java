package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.model.CpuPins;
import dev.ballast.core.model.DomainType;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.render.DomainRenderer;
import dev.ballast.core.spec.SourceFile;
import dev.ballast.core.spec.SpecParser;
import dev.ballast.core.spec.SpecResult;
import dev.ballast.core.topology.CpuSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Ballast renders for disks that this machine has none of, by libvirt's own schema. */
class DomainSchemaIT {
  private static final String CLUSTER = "00000000-0000-4000-8000-000000000001";
  private static final String SECRET = "11111111-2222-3333-4444-555555555555";

  @TempDir private Path directory;

  private static String rendered(String disks) {
    String yaml = "kind: VM\nname: san\nvcpus: 1\nmemory: 256MiB\ndisks:\n" + disks;
    SpecResult parsed = SpecParser.parse(List.of(new SourceFile("san.yaml", yaml)), CLUSTER);
    assertThat(parsed.faults()).isEmpty();
    VmSpec spec = parsed.specs().iterator().next();
    return DomainRenderer.render(spec, CpuPins.uniform(1, CpuSet.of(0)), DomainType.KVM, CLUSTER)
        .xml();
  }

  private Shell.Result validate(String xml) throws IOException {
    Path file = Files.writeString(directory.resolve("domain.xml"), xml);
    return Shell.run(60, List.of("virt-xml-validate", file.toString(), "domain"));
  }

  private void valid(String disks, String... contained) throws IOException {
    String xml = rendered(disks);
    assertThat(xml).contains(contained);
    validate(xml).orFail();
  }

  @Test
  void iscsiByQemusInitiator() throws IOException {
    valid(
        """
          - {path: "iscsi://san1:3260/iqn.2026-01.example:disks/3", format: raw}
          - {path: "iscsi://[2001:db8::1]:3260/iqn.2026-01.example:disks/4?user=web&secret=%s", format: raw}
        """
            .formatted(SECRET),
        "protocol='iscsi'",
        SECRET);
  }

  @Test
  void rbd() throws IOException {
    valid(
        """
          - {path: "rbd://mon1,mon2:6789/vms/san?user=ballast&secret=%s", format: raw}
        """
            .formatted(SECRET),
        "protocol='rbd'",
        SECRET);
  }

  @Test
  void fibreChannelByItsBlockDevice() throws IOException {
    valid(
        """
          - {path: /dev/disk/by-id/wwn-0x5000c500a0b1c2d3, format: raw}
          - {path: /dev/mapper/mpatha, format: raw, readOnly: true}
        """,
        "type='block'");
  }

  @Test
  void theSchemaIsNoFormality() throws IOException {
    String xml =
        rendered("  - {path: /dev/sdz, format: raw}\n").replace("type='block'", "type='tape'");

    assertThat(validate(xml).exit()).isNotZero();
  }
}

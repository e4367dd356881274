package dev.ballast.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.model.VmSpec;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SpecWriterTest {
  @Property(tries = 300)
  void whatIsWrittenReadsAsTheSame(@ForAll long seed) {
    VmSpec spec = AnySpec.of(seed);
    SpecResult read = Parsed.file(SpecWriter.write(spec));
    assertThat(read.faults()).as(SpecWriter.write(spec)).isEmpty();
    assertThat(read.specs()).containsExactly(spec);
  }

  @Test
  void severalDocuments() {
    List<VmSpec> specs = new ArrayList<>();
    specs.add(Parsed.with(""));
    specs.add(Parsed.file(Parsed.BASE.replace("web-1", "web-2")).specs().getFirst());
    assertThat(Parsed.file(SpecWriter.writeAll(specs)).specs()).isEqualTo(specs);
  }

  @Test
  void form() {
    assertThat(
            SpecWriter.write(
                Parsed.with("cpu: {pins: {vcpus: [0]}}\nautomation: off\nlabels: {a: 'true'}\n")))
        .isEqualTo(
            """
            kind: VM
            name: web-1
            vcpus: 1
            memory: 128MiB
            cpu:
              policy: shared
              pins:
                vcpus:
                - '0'
                emulator: '0'
            disks:
            - path: /srv/web-1.qcow2
              format: qcow2
              cache: none
              readOnly: false
            run: running
            automation: off
            type: auto
            labels:
              a: 'true'
            """);
  }
}

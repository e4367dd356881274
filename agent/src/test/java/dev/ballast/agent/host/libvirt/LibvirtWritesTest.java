package dev.ballast.agent.host.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.topology.CpuSet;
import org.junit.jupiter.api.Test;

class LibvirtWritesTest {
  @Test
  void cpuMapsAreLibvirtsBitmaps() {
    assertThat(LibvirtWrites.cpuMap(CpuSet.of(0))).containsExactly(1);
    assertThat(LibvirtWrites.cpuMap(CpuSet.parse("1,8-9"))).containsExactly(2, 3);
    assertThat(LibvirtWrites.cpuMap(CpuSet.of(15))).containsExactly(0, 0x80);
  }
}

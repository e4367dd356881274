package dev.ballast.agent.host.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.core.topology.CpuSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DomainXmlTest {
  private static final String XML =
      """
      <domain type='kvm' id='7'>
        <name>web</name>
        <uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>
        <metadata>
          <ballast:vm xmlns:ballast="https://ballast.dev/xmlns/domain/1" spec="abc"/>
        </metadata>
        <memory unit='KiB'>1048576</memory>
        <vcpu placement='static' cpuset='0-5' current='2'>4</vcpu>
        <cputune>
          <vcpupin vcpu='1' cpuset='2-3'/>
          <emulatorpin cpuset='1'/>
        </cputune>
        <devices>
          <disk type='file'><alias name='virtio-disk0'/><target dev='vda' bus='virtio'/></disk>
        </devices>
      </domain>
      """;

  private static DomainXml parse(String xml) throws DomainXmlException {
    return DomainXml.parse(xml);
  }

  private static String digest(String xml) throws DomainXmlException {
    return parse(xml).configDigest();
  }

  @Test
  void readsWhatTheAgentNeeds() throws DomainXmlException {
    DomainXml xml = parse(XML);

    assertThat(xml.name()).isEqualTo("web");
    assertThat(xml.uuid()).isEqualTo("4dea22b3-1d52-d8f3-2516-782e98ab3fa0");
    assertThat(xml.vcpus()).isEqualTo(2);
    assertThat(xml.vcpuCpus()).contains(CpuSet.parse("0-5"));
    assertThat(xml.vcpuPins()).containsExactly(Map.entry(1, CpuSet.parse("2-3")));
    assertThat(xml.emulatorPin()).contains(CpuSet.of(1));
    assertThat(xml.specDigest()).contains("abc");
    assertThat(xml.definedDigest()).isEmpty();
    assertThat(xml.configDigest()).hasSize(64);
  }

  @Test
  void theMarkIsReadAndLeavesTheDigestAlone() throws DomainXmlException {
    String marked =
        XML.replace(
            "</metadata>",
            "<b:defined xmlns:b='https://ballast.dev/xmlns/defined/1' config-digest='x'/></metadata>");

    assertThat(parse(marked).definedDigest()).contains("x");
    assertThat(digest(marked)).isEqualTo(digest(XML));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "id='7'|",
        "<alias name='virtio-disk0'/>|",
        "<vcpupin vcpu='1' cpuset='2-3'/>|",
        "cpuset='2-3'|cpuset='5'",
        "<emulatorpin cpuset='1'/>|<emulatorpin cpuset='2'/>",
        "<target dev='vda' bus='virtio'/>|<target bus=\"virtio\"   dev=\"vda\"></target>",
        "<memory unit='KiB'>1048576</memory>|<memory unit='KiB'> 1048576 </memory>",
        "xmlns:ballast=\"https://ballast.dev/xmlns/domain/1\"|xmlns:b='https://ballast.dev/xmlns/domain/1' xmlns:ballast='https://ballast.dev/xmlns/domain/1'",
      })
  void theDigestDoesNotSee(String part, String instead) throws DomainXmlException {
    String changed = XML.replace(part, instead == null ? "" : instead);

    assertThat(changed).isNotEqualTo(XML);
    assertThat(digest(changed)).isEqualTo(digest(XML));
  }

  @Test
  void theDigestDoesNotSeeWhereAllPinsAre() throws DomainXmlException {
    assertThat(digest(XML.replaceAll("(?s)<cputune>.*</cputune>", ""))).isEqualTo(digest(XML));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "<cputune>|<cputune><shares>7</shares><quota>5000</quota><global_period>9000</global_period>",
        "<cputune>|<cputune><iothread_quota>7000</iothread_quota>",
        "<vcpu|<memtune><soft_limit unit='KiB'>9</soft_limit></memtune><vcpu",
        "</target>|</target><iotune><total_iops_sec>9</total_iops_sec></iotune>",
      })
  void theDigestDoesNotSeeLimits(String part, String instead) throws DomainXmlException {
    String xml =
        XML.replace("<target dev='vda' bus='virtio'/>", "<target dev='vda' bus='virtio'></target>");
    String changed = xml.replaceFirst(part, instead);

    assertThat(changed).isNotEqualTo(xml);
    assertThat(digest(changed)).isEqualTo(digest(XML));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "1048576|1048577",
        "spec=\"abc\"|spec=\"abd\"",
        "<cputune>|<cputune><emulatorsched scheduler='fifo' priority='1'/>",
        "cpuset='0-5'|cpuset='0-4'",
        "dev='vda'|dev='vdb'",
        "ab3fa0|ab3fa1",
        "<devices>|<devices><disk type='file'/>",
        "type='kvm'|type='qemu'",
      })
  void theDigestSees(String part, String instead) throws DomainXmlException {
    String changed = XML.replace(part, instead);

    assertThat(changed).isNotEqualTo(XML);
    assertThat(digest(changed)).isNotEqualTo(digest(XML));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no xml",
        "<domain>",
        "<network><name>n</name></network>",
        "<domain><vcpu>1</vcpu></domain>",
        "<domain><name>x</name><vcpu>many</vcpu></domain>",
        "<domain><name>x</name><vcpu cpuset='0-'>1</vcpu></domain>",
        "<!DOCTYPE domain [<!ENTITY x 'y'>]><domain><name>x</name></domain>",
        "<!DOCTYPE d SYSTEM 'file:///etc/passwd'><domain><name>&d;</name></domain>",
      })
  void badXmlIsOneError(String xml) {
    assertThatThrownBy(() -> parse(xml)).isInstanceOf(DomainXmlException.class);
  }

  @Test
  void sizeAndDepthAreBounded() {
    String deep = "<domain>" + "<a>".repeat(100) + "</a>".repeat(100) + "</domain>";
    String longName = "<domain><name>" + "x".repeat(1 << 20) + "</name></domain>";

    assertThatThrownBy(() -> parse(deep)).hasMessageContaining("deeper");
    assertThatThrownBy(() -> parse(longName)).hasMessageContaining("longer");
  }
}

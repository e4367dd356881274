package dev.ballast.agent.host.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.core.model.DiskSetup;
import dev.ballast.core.model.DomainSetup;
import dev.ballast.core.model.NicSetup;
import dev.ballast.core.model.OtherOwner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SetupReadingTest {
  private static DomainSetup setup(String inner) throws DomainXmlException {
    String xml = "<domain type='kvm'><name>web</name><vcpu>1</vcpu>" + inner + "</domain>";
    return DomainXml.parse(xml).setup();
  }

  private static DomainSetup devices(String devices) throws DomainXmlException {
    return setup("<devices>" + devices + "</devices>");
  }

  @Test
  void readsDisks() throws DomainXmlException {
    DomainSetup setup =
        devices(
            """
            <disk type='file' device='disk'>
              <driver name='qemu' type='qcow2' cache='none'/>
              <source file='/a'/>
              <target dev='hda' bus='ide'/>
            </disk>
            <disk type='block' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>
            <disk type='network'><target dev='sdb' bus='scsi'/></disk>
            <controller type='scsi' model='virtio-scsi'/>
            """);

    assertThat(setup.disks())
        .containsExactly(
            new DiskSetup("hda", "disk", "ide", "none", "file", false),
            new DiskSetup("sda", "cdrom", "sata", "", "block", true),
            new DiskSetup("sdb", "disk", "virtio-scsi", "", "network", false));
  }

  @Test
  void aScsiControllerThatIsNotVirtioIsEmulated() throws DomainXmlException {
    DomainSetup setup =
        devices(
            "<disk type='file'><target dev='sda' bus='scsi'/></disk>"
                + "<controller type='scsi' model='lsilogic'/>");

    assertThat(setup.disks()).extracting(DiskSetup::bus).containsExactly("scsi");
  }

  @Test
  void readsCardsButNotFunctionsOfRealOnes() throws DomainXmlException {
    DomainSetup setup =
        devices(
            "<interface type='bridge'><mac address='a'/><model type='e1000'/></interface>"
                + "<interface type='bridge'><mac address='b'/></interface>"
                + "<interface type='hostdev'><mac address='c'/></interface>");

    assertThat(setup.nics()).containsExactly(new NicSetup("a", "e1000"), new NicSetup("b", ""));
  }

  @Test
  void namesNeedlessDevices() throws DomainXmlException {
    DomainSetup setup =
        devices(
            """
            <graphics type='vnc'/><sound model='ich6'/><video><model type='qxl'/></video>
            <input type='tablet' bus='usb'/><input type='mouse' bus='ps2'/>
            <redirdev bus='usb'/><smartcard mode='host'/><controller type='usb' model='ehci'/>
            <disk type='file' device='floppy'><target dev='fda' bus='fdc'/></disk>
            """);

    assertThat(setup.needless())
        .containsExactly(
            "USB controller",
            "floppy",
            "graphics vnc",
            "input tablet",
            "redirected USB",
            "smartcard",
            "sound ich6",
            "video qxl");
    assertThat(setup.disks()).isEmpty();
  }

  @Test
  void whatIsNeededIsNotNamed() throws DomainXmlException {
    assertThat(
            devices(
                    "<controller type='usb' model='ehci'/><hostdev mode='subsystem' type='usb'/>"
                        + "<video><model type='none'/></video><memballoon model='virtio'/>")
                .needless())
        .isEmpty();
    assertThat(devices("<controller type='usb' model='none'/>").needless()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<cputune><shares>100</shares></cputune> | cpu",
        "<cputune><quota>50000</quota></cputune> | cpu",
        "<cputune><global_quota>50000</global_quota></cputune> | cpu",
        "<cputune><quota>-1</quota></cputune> | ''",
        "<cputune><vcpupin vcpu='0' cpuset='0'/></cputune> | ''",
        "<memtune><soft_limit unit='KiB'>9</soft_limit></memtune> | memory",
        "<blkiotune><weight>800</weight></blkiotune> | disk",
        "<devices><disk><iotune><total_iops_sec>9</total_iops_sec></iotune></disk></devices> | disk",
        "<devices><interface><bandwidth/></interface></devices> | network",
      })
  void readsWhatIsLimited(String xml, String limits) throws DomainXmlException {
    assertThat(String.join(",", setup(xml).limits())).isEqualTo(limits);
  }

  @ParameterizedTest
  @CsvSource({
    "http://openstack.org/xmlns/libvirt/nova/1.0, NOVA",
    "http://openstack.org/xmlns/libvirt/nova/1.1, NOVA",
    "http://ovirt.org/vm/1.0, VDSM",
    "http://ovirt.org/vm/tune/1.0, VDSM"
  })
  void marksTellTheOwner(String namespace, OtherOwner owner) throws DomainXmlException {
    String metadata = "<metadata><x:y xmlns:x='" + namespace + "'><x:z/></x:y></metadata>";

    assertThat(setup(metadata).owner()).contains(owner);
  }

  @Test
  void anotherMarkTellsNothing() throws DomainXmlException {
    assertThat(setup("<metadata><x:y xmlns:x='http://libosinfo.org/1.0'/></metadata>").owner())
        .isEmpty();
    assertThat(setup("<cpu mode='host-model'/>").cpuMode()).isEqualTo("host-model");
    assertThat(setup("").type()).isEqualTo("kvm");
  }

  @Test
  void devicesAreBounded() throws DomainXmlException {
    String disk = "<disk type='file'><target dev='vda' bus='virtio'/></disk>";

    assertThat(devices(disk.repeat(DomainSetup.DEVICE_LIMIT + 1)).disks())
        .hasSize(DomainSetup.DEVICE_LIMIT);
  }
}

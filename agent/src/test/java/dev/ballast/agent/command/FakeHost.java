package dev.ballast.agent.command;

import dev.ballast.agent.executor.HostReader;
import dev.ballast.agent.executor.HostWriter;
import dev.ballast.agent.executor.SwitchReader;
import dev.ballast.agent.host.kernel.KernelWriter;
import dev.ballast.agent.host.kernel.KsmFiles;
import dev.ballast.agent.host.ovs.Ovsdb;
import dev.ballast.agent.host.storage.StorageWriter;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.OtherOwner;
import dev.ballast.core.topology.CpuSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A host that outlives the agents under test, put together from fakes: domains in memory, all else
 * in files. Each fake has the knobs of its own part.
 */
class FakeHost {
  static final CpuSet ONLINE = CpuSet.parse("0-7");

  final FakeFiles files;
  final FakePrograms programs;
  final FakeMachine machine;
  final FakeLibvirt libvirt = new FakeLibvirt();
  final FakeGroups groups = new FakeGroups(libvirt.guests);
  final Map<String, FakeGuest> guests = libvirt.guests;
  final FakeMigration migration = libvirt.migration;

  /** Who else manages the host. */
  Set<OtherOwner> otherOwners = Set.of();

  FakeHost(Path root) throws IOException {
    files = new FakeFiles(root);
    programs = new FakePrograms(files);
    machine = new FakeMachine(files, programs);
  }

  HostReader reader() {
    return new HostReader(
        libvirt,
        (vm, vcpus) -> Optional.ofNullable(guests.get(vm.value())).flatMap(FakeGuest::pins),
        groups,
        new KsmFiles(files.kernel()),
        () -> ONLINE,
        () -> otherOwners,
        switches(),
        machine.settings());
  }

  HostWriter writer() {
    KernelWriter kernel = new KernelWriter(files.kernel());
    return new HostWriter(libvirt, kernel, machine.writer(kernel), storage());
  }

  /** What the host tells of Open vSwitch. */
  SwitchReader switches() {
    return new SwitchReader(Ovsdb.none(), TreeMap::new, () -> "");
  }

  StorageWriter storage() {
    return new StorageWriter(machine.store(), programs, programs, () -> 1_000);
  }

  FakeGuest addGuest(String name, String digest, boolean active) {
    FakeGuest guest = FakeGuest.defined(name, digest);
    guest.setLive(active);
    guests.put(name, guest);
    return guest;
  }

  /** Where a file of the host lies. */
  Path path(String file) {
    return files.path(file);
  }

  void put(String path, String text) throws IOException {
    files.put(path, text);
  }

  String text(String path) throws IOException {
    return files.text(path);
  }

  SortedMap<String, HostSetting> settings() {
    return reader().machine().read();
  }

  KsmSettings ksm() {
    return new KsmFiles(files.kernel()).read().orElseThrow().settings();
  }

  /** All that actions can change, as text, to compare. */
  String picture() {
    StringBuilder text = new StringBuilder("ksm " + ksm() + " " + settings());
    guests.forEach(
        (name, guest) -> text.append('\n').append(name).append(' ').append(guest.picture()));
    return text.toString();
  }
}

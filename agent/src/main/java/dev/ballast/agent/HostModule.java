package dev.ballast.agent;

import com.google.inject.AbstractModule;
import com.google.inject.Provider;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.ballast.agent.config.AgentConfig;
import dev.ballast.agent.executor.HostReader;
import dev.ballast.agent.executor.HostWriter;
import dev.ballast.agent.executor.SwitchReader;
import dev.ballast.agent.host.clock.BootClock;
import dev.ballast.agent.host.clock.TimeSync;
import dev.ballast.agent.host.kernel.KernelFiles;
import dev.ballast.agent.host.kernel.KernelWriter;
import dev.ballast.agent.host.kernel.KsmFiles;
import dev.ballast.agent.host.libvirt.GuestTimeCalls;
import dev.ballast.agent.host.libvirt.Libvirt;
import dev.ballast.agent.host.libvirt.LibvirtCalls;
import dev.ballast.agent.host.libvirt.LibvirtConnection;
import dev.ballast.agent.host.libvirt.LibvirtNetworks;
import dev.ballast.agent.host.libvirt.LibvirtReads;
import dev.ballast.agent.host.libvirt.LibvirtWrites;
import dev.ballast.agent.host.libvirt.MigrationThreads;
import dev.ballast.agent.host.libvirt.NativeCalls;
import dev.ballast.agent.host.machine.Commands;
import dev.ballast.agent.host.machine.MachineSettings;
import dev.ballast.agent.host.machine.MachineWriter;
import dev.ballast.agent.host.ovs.OvsdbClient;
import dev.ballast.agent.host.storage.StorageWriter;
import dev.ballast.agent.host.storage.StoredFiles;
import dev.ballast.agent.inventory.InventoryReader;
import dev.ballast.agent.inventory.LiveLimitsReader;
import dev.ballast.agent.inventory.LiveMemoryReader;
import dev.ballast.agent.inventory.LivePinsReader;
import dev.ballast.agent.inventory.OnlineCpus;
import dev.ballast.agent.inventory.OshiCpuModel;
import dev.ballast.agent.inventory.OvsVersion;
import dev.ballast.agent.observation.HostObserver;
import dev.ballast.agent.practice.OwnersReader;
import dev.ballast.core.model.VolumeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Binds what the daemon sees of its host, and the right to change it. */
final class HostModule extends AbstractModule {
  private static final String OVSDB_SOCKET = "/run/openvswitch/db.sock";

  private final AgentConfig config;

  HostModule(AgentConfig config) {
    this.config = config;
  }

  @Provides
  @Singleton
  KernelFiles kernelFiles() {
    AgentConfig.Roots roots = config.roots();
    return new KernelFiles(
        Path.of("/"), Map.of("proc", roots.proc(), "sys", roots.sys(), "run", roots.run()));
  }

  @Provides
  @Singleton
  BootClock bootClock() throws IOException {
    return BootClock.system(config.roots().proc());
  }

  @Provides
  @Singleton
  NativeCalls nativeCalls() {
    return new NativeCalls(Duration.ofMillis(config.libvirtTimeoutMillis()));
  }

  @Provides
  @Singleton
  LibvirtConnection libvirtConnection(Provider<HostObserver> observer) {
    return new LibvirtConnection(config.libvirtUri(), () -> observer.get().wake());
  }

  @Provides
  @Singleton
  LibvirtCalls libvirtCalls(LibvirtConnection connection, NativeCalls threads) {
    return new LibvirtCalls(connection, threads);
  }

  @Provides
  @Singleton
  GuestTimeCalls guestTimeCalls(LibvirtConnection connection) {
    return new GuestTimeCalls(connection, System::currentTimeMillis);
  }

  @Provides
  @Singleton
  LibvirtReads libvirtReads(LibvirtCalls calls) {
    return new LibvirtReads(calls);
  }

  @Provides
  @Singleton
  OnlineCpus onlineCpus(KernelFiles files) {
    return new OnlineCpus(files);
  }

  @Provides
  @Singleton
  OvsdbClient ovsdbClient(KernelFiles files, Provider<HostObserver> observer) {
    return new OvsdbClient(files.resolve(OVSDB_SOCKET), () -> observer.get().wake());
  }

  @Provides
  @Singleton
  HostReader hostReader(
      Libvirt libvirt,
      LibvirtCalls calls,
      KernelFiles files,
      OnlineCpus onlineCpus,
      OvsdbClient ovs) {
    LivePinsReader livePins = new LivePinsReader(files);
    return new HostReader(
        libvirt,
        (vm, vcpus) -> livePins.read(vm),
        new ControlGroupLimits(new LiveLimitsReader(files), new LiveMemoryReader(files)),
        new KsmFiles(files),
        onlineCpus,
        () -> new OwnersReader(files).read().keySet(),
        new SwitchReader(ovs, files),
        new MachineSettings(
            files,
            onlineCpus,
            Commands.real(config.libvirtTimeoutMillis()),
            new LibvirtNetworks(calls),
            new StoredFiles(config.storage())));
  }

  @Provides
  @Singleton
  MigrationThreads migrationThreads() {
    return new MigrationThreads();
  }

  @Provides
  @Singleton
  HostWriter hostWriter(
      LibvirtCalls calls, MigrationThreads migrations, KernelFiles files, OvsdbClient ovs) {
    KernelWriter kernel = new KernelWriter(files);
    LibvirtNetworks networks = new LibvirtNetworks(calls);
    return new HostWriter(
        new LibvirtWrites(calls, migrations),
        kernel,
        ovs,
        new MachineWriter(
            files,
            kernel,
            Commands.real(config.libvirtTimeoutMillis()),
            Optional.of(new MachineWriter.Networks(networks, networks.writer()))),
        new StorageWriter(
            config.storage(),
            Commands.real(config.libvirtTimeoutMillis()),
            Commands.real(VolumeFile.MAKE_LIMIT_MILLIS),
            System::currentTimeMillis));
  }

  @Provides
  @Singleton
  InventoryReader inventoryReader(KernelFiles files, Provider<HostObserver> observer) {
    return new InventoryReader(
        files,
        config.capacityCgroup(),
        config.migration().map(AgentConfig.Migration::uri),
        config.traits(),
        config.devicePools(),
        new InventoryReader.Software(
            version(observer, "libvirt"),
            version(observer, "qemu"),
            new OvsVersion(files),
            new OshiCpuModel()));
  }

  private static Supplier<Optional<String>> version(
      Provider<HostObserver> observer, String component) {
    return () -> Optional.ofNullable(observer.get().latest().versions().get(component));
  }

  @Provides
  @Singleton
  StableInventory stableInventory(InventoryReader reader) {
    return new StableInventory(reader::read);
  }

  @Provides
  @Singleton
  TimeSync timeSync(KernelFiles files) {
    return new TimeSync(files);
  }
}

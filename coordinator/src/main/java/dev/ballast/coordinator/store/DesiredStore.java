package dev.ballast.coordinator.store;

import dev.ballast.core.model.Assignment;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.HostSetting;
import dev.ballast.core.model.KsmSettings;
import dev.ballast.core.model.NetworkName;
import dev.ballast.core.model.NetworkSpec;
import dev.ballast.core.model.VmLimits;
import dev.ballast.core.model.VmName;
import dev.ballast.core.model.VmSpec;
import dev.ballast.core.plan.DesiredChange;
import dev.ballast.core.plan.DesiredChange.PutAssignment;
import dev.ballast.core.plan.DesiredChange.PutHostSetting;
import dev.ballast.core.plan.DesiredChange.PutKsm;
import dev.ballast.core.plan.DesiredChange.PutLimits;
import dev.ballast.core.plan.DesiredChange.PutNetwork;
import dev.ballast.core.plan.DesiredChange.PutSpec;
import dev.ballast.core.plan.DesiredChange.RemoveAssignment;
import dev.ballast.core.plan.DesiredChange.RemoveHostSetting;
import dev.ballast.core.plan.DesiredChange.RemoveKsm;
import dev.ballast.core.plan.DesiredChange.RemoveLimits;
import dev.ballast.core.plan.DesiredChange.RemoveNetwork;
import dev.ballast.core.plan.DesiredChange.RemoveSpec;
import dev.ballast.wire.HostSettingCodec;
import dev.ballast.wire.LimitCodec;
import dev.ballast.wire.SpecCodec;
import dev.ballast.wire.StoreCodec;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/** What people want and what Ballast chose: specifications, assignments, KSM of hosts, networks. */
public final class DesiredStore {
  private final LeaderDatabase database;

  public DesiredStore(LeaderDatabase database) {
    this.database = database;
  }

  public SortedMap<VmName, VmSpec> specs() {
    SortedMap<VmName, VmSpec> specs = new TreeMap<>();
    for (byte[] body : bodies("SELECT body FROM vm_spec")) {
      VmSpec spec = SpecCodec.specFromBytes(body);
      specs.put(spec.name(), spec);
    }
    return specs;
  }

  public SortedMap<VmName, Assignment> assignments() {
    SortedMap<VmName, Assignment> assignments = new TreeMap<>();
    for (byte[] body : bodies("SELECT body FROM assignment")) {
      Assignment assignment = StoreCodec.assignment(body);
      assignments.put(assignment.vm(), assignment);
    }
    return assignments;
  }

  public SortedMap<HostName, KsmSettings> ksm() {
    SortedMap<HostName, KsmSettings> settings = new TreeMap<>();
    database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT host, run, pages_to_scan, sleep_millis, merge_across_nodes FROM host_ksm")
                .map(
                    (row, context) ->
                        settings.put(
                            new HostName(row.getString(1)),
                            new KsmSettings(
                                row.getInt(2),
                                row.getLong(3),
                                row.getLong(4),
                                merge(row.getInt(5)))))
                .list());
    return settings;
  }

  /** The column holds -1 for what nobody decided. */
  private static Optional<Boolean> merge(int column) {
    return column < 0 ? Optional.empty() : Optional.of(column == 1);
  }

  /** What things of hosts are to be, by host and key. */
  public SortedMap<HostName, SortedMap<String, HostSetting>> settings() {
    SortedMap<HostName, SortedMap<String, HostSetting>> settings = new TreeMap<>();
    database.read(
        handle ->
            handle
                .createQuery("SELECT host, body FROM host_setting")
                .map(
                    (row, context) -> {
                      HostSetting setting = HostSettingCodec.fromBytes(row.getBytes(2));
                      return settings
                          .computeIfAbsent(new HostName(row.getString(1)), h -> new TreeMap<>())
                          .put(setting.key(), setting);
                    })
                .list());
    return settings;
  }

  /** Limits that an operator set instead of the specified ones. */
  public SortedMap<VmName, VmLimits> limitOverrides() {
    SortedMap<VmName, VmLimits> limits = new TreeMap<>();
    database.read(
        handle ->
            handle
                .createQuery("SELECT vm, body FROM limit_override")
                .map(
                    (row, context) ->
                        limits.put(
                            new VmName(row.getString(1)), LimitCodec.fromBytes(row.getBytes(2))))
                .list());
    return limits;
  }

  public SortedMap<NetworkName, NetworkSpec> networks() {
    SortedMap<NetworkName, NetworkSpec> networks = new TreeMap<>();
    for (byte[] body : bodies("SELECT body FROM network")) {
      NetworkSpec network = StoreCodec.network(body);
      networks.put(network.name(), network);
    }
    return networks;
  }

  /** Remembers all of the changes, in their order, or none. */
  public void apply(List<DesiredChange> changes) {
    database.change(handle -> changes.forEach(change -> apply(handle, change)));
  }

  private static void apply(Handle handle, DesiredChange change) {
    switch (change) {
      case PutSpec(VmSpec spec) -> putSpec(handle, spec);
      case RemoveSpec(VmName vm) -> remove(handle, "vm_spec", "vm", vm.value());
      case PutAssignment(Assignment assignment) -> putAssignment(handle, assignment);
      case RemoveAssignment(VmName vm) -> remove(handle, "assignment", "vm", vm.value());
      case PutKsm(HostName host, KsmSettings settings) -> putKsm(handle, host, settings);
      case RemoveKsm(HostName host) -> remove(handle, "host_ksm", "host", host.value());
      case PutHostSetting(HostName host, HostSetting setting) -> putSetting(handle, host, setting);
      case RemoveHostSetting(HostName host, String key) -> removeSetting(handle, host, key);
      case PutLimits(VmName vm, VmLimits limits) -> putLimits(handle, vm, limits);
      case RemoveLimits(VmName vm) -> remove(handle, "limit_override", "vm", vm.value());
      case PutNetwork(NetworkSpec network) -> putNetwork(handle, network);
      case RemoveNetwork(NetworkName name) -> remove(handle, "network", "name", name.value());
    }
  }

  private static void putSpec(Handle handle, VmSpec spec) {
    handle
        .createUpdate(
            "INSERT INTO vm_spec (vm, body) VALUES (:vm, :body)"
                + " ON CONFLICT (vm) DO UPDATE SET body = :body")
        .bind("vm", spec.name().value())
        .bind("body", SpecCodec.toBytes(spec))
        .execute();
  }

  private static void putNetwork(Handle handle, NetworkSpec network) {
    handle
        .createUpdate(
            "INSERT INTO network (name, body) VALUES (:name, :body)"
                + " ON CONFLICT (name) DO UPDATE SET body = :body")
        .bind("name", network.name().value())
        .bind("body", StoreCodec.toBytes(network))
        .execute();
  }

  private static void putAssignment(Handle handle, Assignment assignment) {
    handle
        .createUpdate(
            "INSERT INTO assignment (vm, host, body) VALUES (:vm, :host, :body)"
                + " ON CONFLICT (vm) DO UPDATE SET host = :host, body = :body")
        .bind("vm", assignment.vm().value())
        .bind("host", assignment.host().value())
        .bind("body", StoreCodec.toBytes(assignment))
        .execute();
  }

  private static void putKsm(Handle handle, HostName host, KsmSettings settings) {
    handle
        .createUpdate(
            "INSERT INTO host_ksm (host, run, pages_to_scan, sleep_millis, merge_across_nodes)"
                + " VALUES (:host, :run, :pages, :sleep, :merge) ON CONFLICT (host)"
                + " DO UPDATE SET run = :run, pages_to_scan = :pages, sleep_millis = :sleep,"
                + " merge_across_nodes = :merge")
        .bind("host", host.value())
        .bind("run", settings.run())
        .bind("pages", settings.pagesToScan())
        .bind("sleep", settings.sleepMillis())
        .bind("merge", settings.mergeAcrossNodes().map(merge -> merge ? 1 : 0).orElse(-1))
        .execute();
  }

  private static void putSetting(Handle handle, HostName host, HostSetting setting) {
    handle
        .createUpdate(
            "INSERT INTO host_setting (host, setting_key, body) VALUES (:host, :key, :body)"
                + " ON CONFLICT (host, setting_key) DO UPDATE SET body = :body")
        .bind("host", host.value())
        .bind("key", setting.key())
        .bind("body", HostSettingCodec.toBytes(setting))
        .execute();
  }

  private static void removeSetting(Handle handle, HostName host, String key) {
    handle
        .createUpdate("DELETE FROM host_setting WHERE host = :host AND setting_key = :key")
        .bind("host", host.value())
        .bind("key", key)
        .execute();
  }

  private static void putLimits(Handle handle, VmName vm, VmLimits limits) {
    handle
        .createUpdate(
            "INSERT INTO limit_override (vm, body) VALUES (:vm, :body)"
                + " ON CONFLICT (vm) DO UPDATE SET body = :body")
        .bind("vm", vm.value())
        .bind("body", LimitCodec.toBytes(limits))
        .execute();
  }

  private static void remove(Handle handle, String table, String column, String name) {
    handle
        .createUpdate("DELETE FROM " + table + " WHERE " + column + " = :name")
        .bind("name", name)
        .execute();
  }

  private List<byte[]> bodies(String query) {
    return database.read(handle -> handle.createQuery(query).mapTo(byte[].class).list());
  }
}

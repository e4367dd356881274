package dev.ballast.coordinator.store;

import dev.ballast.core.model.Automation;
import dev.ballast.core.model.HostName;
import dev.ballast.wire.StoreCodec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** The hosts that ever connected, as they were last reported. */
public final class HostStore {
  private final LeaderDatabase database;

  public HostStore(LeaderDatabase database) {
    this.database = database;
  }

  /** Ordered by name. */
  public List<StoredHost> all() {
    return database.read(
        handle ->
            handle
                .createQuery("SELECT * FROM host ORDER BY host")
                .map((row, context) -> read(row))
                .list());
  }

  private static StoredHost read(ResultSet row) throws SQLException {
    return new StoredHost(
        new HostName(row.getString("host")),
        StoreCodec.inventory(row.getBytes("inventory")),
        StoreCodec.observation(row.getBytes("observation")),
        Automation.valueOf(row.getString("automation")),
        row.getInt("observe_only") != 0,
        row.getString("boot_id"),
        row.getString("agent_version"),
        row.getLong("seen_epoch_millis"));
  }

  /** Stores the host, or replaces what is stored of it. */
  public void put(StoredHost host) {
    database.change(
        handle ->
            handle
                .createUpdate(
                    "INSERT INTO host (host, inventory, observation, automation, observe_only,"
                        + " boot_id, agent_version, seen_epoch_millis) VALUES (:host, :inventory,"
                        + " :observation, :automation, :observeOnly, :boot, :version, :seen)"
                        + " ON CONFLICT (host) DO UPDATE SET inventory = :inventory,"
                        + " observation = :observation, automation = :automation,"
                        + " observe_only = :observeOnly, boot_id = :boot,"
                        + " agent_version = :version, seen_epoch_millis = :seen")
                .bind("host", host.name().value())
                .bind("inventory", StoreCodec.toBytes(host.inventory()))
                .bind("observation", StoreCodec.toBytes(host.observation()))
                .bind("automation", host.automation().name())
                .bind("observeOnly", host.observeOnly() ? 1 : 0)
                .bind("boot", host.bootId())
                .bind("version", host.agentVersion())
                .bind("seen", host.seenEpochMillis())
                .execute());
  }

  /** Forgets the host. */
  public void remove(HostName host) {
    database.change(
        handle ->
            handle
                .createUpdate("DELETE FROM host WHERE host = :host")
                .bind("host", host.value())
                .execute());
  }
}

package dev.ballast.coordinator.store;

import dev.ballast.core.model.HostName;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** The hosts that operators closed for VMs that are not there yet. */
public final class CordonStore {
  private final LeaderDatabase database;

  public CordonStore(LeaderDatabase database) {
    this.database = database;
  }

  public SortedSet<HostName> all() {
    List<HostName> hosts =
        database.read(
            handle ->
                handle
                    .createQuery("SELECT host FROM cordon ORDER BY host")
                    .map((row, context) -> new HostName(row.getString(1)))
                    .list());
    return new TreeSet<>(hosts);
  }

  /** Cordons the host; one that is cordoned already keeps its time. */
  public void put(HostName host, long sinceEpochMillis) {
    database.change(
        handle ->
            handle
                .createUpdate(
                    "INSERT INTO cordon (host, since_epoch_millis) VALUES (:host, :since)"
                        + " ON CONFLICT (host) DO NOTHING")
                .bind("host", host.value())
                .bind("since", sinceEpochMillis)
                .execute());
  }

  /** Opens the host again, if it was cordoned. */
  public void remove(HostName host) {
    database.change(
        handle ->
            handle
                .createUpdate("DELETE FROM cordon WHERE host = :host")
                .bind("host", host.value())
                .execute());
  }
}

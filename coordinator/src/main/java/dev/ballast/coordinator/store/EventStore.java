package dev.ballast.coordinator.store;

import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.jdbi.v3.core.Handle;

/** The log of events: a ring that keeps the newest. */
public final class EventStore {
  /** So many events are kept, and up to one batch more. */
  public static final int EVENT_LIMIT = 100_000;

  /** The oldest are deleted so many at a time. */
  public static final int DELETE_BATCH = 1_000;

  private final LeaderDatabase database;
  private final int limit;

  public EventStore(LeaderDatabase database) {
    this(database, EVENT_LIMIT);
  }

  EventStore(LeaderDatabase database, int limit) {
    this.database = database;
    this.limit = limit;
  }

  /** Stores the event under the next number; the number given is not used. */
  public StoredEvent append(StoredEvent event) {
    return database.write(
        handle -> {
          long number = Sequences.next(handle, "event");
          handle
              .createUpdate(
                  "INSERT INTO event (number, epoch_millis, kind, host, vm, text, operation_id,"
                      + " details) VALUES (:number, :time, :kind, :host, :vm, :text, :operation,"
                      + " :details)")
              .bind("number", number)
              .bind("time", event.epochMillis())
              .bind("kind", event.kind())
              .bind("host", event.host().map(HostName::value).orElse(""))
              .bind("vm", event.vm().map(VmName::value).orElse(""))
              .bind("text", event.text())
              .bind("operation", event.operationId())
              .bind("details", Details.write(event.details()))
              .execute();
          if (number % DELETE_BATCH == 0) {
            forgetOldest(handle, number);
          }
          return numbered(event, number);
        });
  }

  private void forgetOldest(Handle handle, long newest) {
    handle
        .createUpdate("DELETE FROM event WHERE number <= :oldest")
        .bind("oldest", newest - limit)
        .execute();
  }

  private static StoredEvent numbered(StoredEvent event, long number) {
    return new StoredEvent(
        number,
        event.epochMillis(),
        event.kind(),
        event.host(),
        event.vm(),
        event.text(),
        event.operationId(),
        event.details());
  }

  /** Events with a higher number, oldest first. */
  public List<StoredEvent> after(long number, int limit) {
    return database.read(
        handle ->
            handle
                .createQuery("SELECT * FROM event WHERE number > :number ORDER BY number LIMIT :n")
                .bind("number", number)
                .bind("n", limit)
                .map((row, context) -> read(row))
                .list());
  }

  /** The newest events, oldest first. */
  public List<StoredEvent> newest(int limit) {
    return database.read(
        handle ->
            handle
                .createQuery("SELECT * FROM event ORDER BY number DESC LIMIT :n")
                .bind("n", limit)
                .map((row, context) -> read(row))
                .list()
                .reversed());
  }

  private static StoredEvent read(ResultSet row) throws SQLException {
    SortedMap<String, String> details = Details.read(row.getString("details"));
    return new StoredEvent(
        row.getLong("number"),
        row.getLong("epoch_millis"),
        row.getString("kind"),
        present(row.getString("host")).map(HostName::new),
        present(row.getString("vm")).map(VmName::new),
        row.getString("text"),
        row.getString("operation_id"),
        details);
  }

  private static Optional<String> present(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }
}

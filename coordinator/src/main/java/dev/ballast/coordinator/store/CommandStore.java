package dev.ballast.coordinator.store;

import dev.ballast.core.action.Outcome;
import dev.ballast.core.model.HostName;
import dev.ballast.wire.StoreCodec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The commands of each host's sequence. An id is stored before its command is sent, so that none is
 * ever given out twice.
 */
public final class CommandStore {
  private static final String COLUMNS =
      "SELECT host, id, operation, purpose, steps, received, outcomes FROM command ";

  private final LeaderDatabase database;

  public CommandStore(LeaderDatabase database) {
    this.database = database;
  }

  /** Gives out the next id of the host's sequence and remembers what it is for. */
  public long create(
      HostName host, String operationId, CommandPurpose purpose, List<Integer> steps) {
    return database.write(
        handle -> {
          long id = Sequences.next(handle, sequence(host));
          handle
              .createUpdate(
                  "INSERT INTO command (host, id, operation, purpose, steps, received, outcomes)"
                      + " VALUES (:host, :id, :operation, :purpose, :steps, 0, NULL)")
              .bind("host", host.value())
              .bind("id", id)
              .bind("operation", Sequences.numberOf(OperationStore.PREFIX, operationId))
              .bind("purpose", purpose.name())
              .bind("steps", steps.stream().map(String::valueOf).collect(Collectors.joining(",")))
              .execute();
          return id;
        });
  }

  /** Makes the host's next id higher than one that its agent has journalled. */
  public void raiseSequence(HostName host, long lastCommandId) {
    database.change(handle -> Sequences.raise(handle, sequence(host), lastCommandId));
  }

  public void setReceived(HostName host, long id) {
    database.change(
        handle ->
            handle
                .createUpdate("UPDATE command SET received = 1 WHERE host = :host AND id = :id")
                .bind("host", host.value())
                .bind("id", id)
                .execute());
  }

  /**
   * Stores what the agent reported. The first report of each command counts, except that a known
   * outcome replaces unknown ones.
   *
   * @return whether the command is one that this store gave out
   */
  public boolean setOutcomes(HostName host, long id, List<Outcome> outcomes) {
    return database.write(
        handle -> {
          Optional<StoredCommand> stored = get(host, id);
          if (stored.isPresent() && stored.get().outcomes().map(CommandStore::open).orElse(true)) {
            handle
                .createUpdate(
                    "UPDATE command SET outcomes = :outcomes WHERE host = :host AND id = :id")
                .bind("host", host.value())
                .bind("id", id)
                .bind("outcomes", StoreCodec.toBytes(outcomes))
                .execute();
          }
          return stored.isPresent();
        });
  }

  private static boolean open(List<Outcome> outcomes) {
    return outcomes.stream().anyMatch(outcome -> outcome instanceof Outcome.Unknown);
  }

  public Optional<StoredCommand> get(HostName host, long id) {
    return database.read(
        handle ->
            handle
                .createQuery(COLUMNS + "WHERE host = :host AND id = :id")
                .bind("host", host.value())
                .bind("id", id)
                .map((row, context) -> read(row))
                .findOne());
  }

  /** The host's commands without outcomes, oldest first. */
  public List<StoredCommand> outstanding(HostName host) {
    return database.read(
        handle ->
            handle
                .createQuery(COLUMNS + "WHERE host = :host AND outcomes IS NULL ORDER BY id")
                .bind("host", host.value())
                .map((row, context) -> read(row))
                .list());
  }

  /** All commands of an operation, in the order of their ids on each host. */
  public List<StoredCommand> ofOperation(String operationId) {
    return database.read(
        handle ->
            handle
                .createQuery(COLUMNS + "WHERE operation = :operation ORDER BY host, id")
                .bind("operation", Sequences.numberOf(OperationStore.PREFIX, operationId))
                .map((row, context) -> read(row))
                .list());
  }

  private static StoredCommand read(ResultSet row) throws SQLException {
    return new StoredCommand(
        new HostName(row.getString("host")),
        row.getLong("id"),
        OperationStore.PREFIX + row.getLong("operation"),
        CommandPurpose.valueOf(row.getString("purpose")),
        Arrays.stream(row.getString("steps").split(",")).map(Integer::valueOf).toList(),
        row.getInt("received") != 0,
        Optional.ofNullable(row.getBytes("outcomes")).map(StoreCodec::outcomes));
  }

  private static String sequence(HostName host) {
    return "command/" + host.value();
  }
}

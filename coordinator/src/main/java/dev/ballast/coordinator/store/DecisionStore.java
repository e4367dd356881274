package dev.ballast.coordinator.store;

import dev.ballast.core.model.VmName;
import dev.ballast.wire.StoreCodec;
import java.util.List;

/** Why things were decided, by VM. The oldest of each VM are forgotten. */
public final class DecisionStore {
  /** So many decisions are kept of each VM. */
  public static final int DECISION_LIMIT = 100;

  private final LeaderDatabase database;

  public DecisionStore(LeaderDatabase database) {
    this.database = database;
  }

  /** Stores a decision; one without a VM is kept under the empty name, within the same bound. */
  public void append(StoredDecision decision) {
    String vm = decision.decision().vm().map(VmName::value).orElse("");
    database.change(
        handle -> {
          handle
              .createUpdate(
                  "INSERT INTO decision (number, vm, epoch_millis, operation_id, body)"
                      + " VALUES (:number, :vm, :time, :operation, :body)")
              .bind("number", Sequences.next(handle, "decision"))
              .bind("vm", vm)
              .bind("time", decision.epochMillis())
              .bind("operation", decision.operationId())
              .bind("body", StoreCodec.toBytes(decision.decision()))
              .execute();
          handle
              .createUpdate(
                  "DELETE FROM decision WHERE vm = :vm AND number <= (SELECT number FROM decision"
                      + " WHERE vm = :vm ORDER BY number DESC LIMIT 1 OFFSET :limit)")
              .bind("vm", vm)
              .bind("limit", DECISION_LIMIT)
              .execute();
        });
  }

  /** The newest decisions about the VM, newest first. */
  public List<StoredDecision> newest(VmName vm, int limit) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT body, epoch_millis, operation_id FROM decision WHERE vm = :vm"
                        + " ORDER BY number DESC LIMIT :limit")
                .bind("vm", vm.value())
                .bind("limit", limit)
                .map(
                    (row, context) ->
                        new StoredDecision(
                            StoreCodec.decision(row.getBytes(1)), row.getLong(2), row.getString(3)))
                .list());
  }
}

package dev.ballast.coordinator.store;

import dev.ballast.core.action.Outcome;
import dev.ballast.core.model.HostName;
import dev.ballast.core.plan.Origin;
import dev.ballast.core.plan.Plan;
import dev.ballast.core.plan.PlanStep;
import dev.ballast.wire.StoreCodec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Operations and their steps. The oldest that ended are forgotten. */
public final class OperationStore {
  /** So many operations are kept. */
  public static final int OPERATION_LIMIT = 10_000;

  static final String PREFIX = "op-";

  private final LeaderDatabase database;

  public OperationStore(LeaderDatabase database) {
    this.database = database;
  }

  /** Stores a running operation whose steps all wait, and gives it its id. */
  public String start(
      String planId,
      Plan plan,
      boolean dryRun,
      Optional<Long> confirmWithinMillis,
      long nowEpochMillis) {
    return database.write(
        handle -> {
          long number = Sequences.next(handle, "op");
          handle
              .createUpdate(
                  "INSERT INTO operation (number, plan_id, title, origin, dry_run, confirm_within_millis, state,"
                      + " started_epoch_millis, ended_epoch_millis, detail)"
                      + " VALUES (:number, :plan, :title, :origin, :dryRun, :confirm, :state, :now, 0, '')")
              .bind("number", number)
              .bind("plan", planId)
              .bind("title", plan.title())
              .bind("origin", plan.origin().name())
              .bind("dryRun", dryRun ? 1 : 0)
              .bind("confirm", confirmWithinMillis.orElse(null))
              .bind("state", OperationState.RUNNING.name())
              .bind("now", nowEpochMillis)
              .execute();
          addSteps(handle, number, plan.steps());
          forgetOldest(handle, number - OPERATION_LIMIT);
          return PREFIX + number;
        });
  }

  private static void addSteps(Handle handle, long number, List<PlanStep> steps) {
    if (steps.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        handle.prepareBatch(
            "INSERT INTO operation_step (operation, step, host, state, outcome)"
                + " VALUES (:operation, :step, :host, :state, NULL)");
    for (PlanStep step : steps) {
      batch
          .bind("operation", number)
          .bind("step", step.number())
          .bind("host", step.host().value())
          .bind("state", StepState.WAITING.name())
          .add();
    }
    batch.execute();
  }

  private static void forgetOldest(Handle handle, long oldest) {
    String ended = "SELECT number FROM operation WHERE number <= :oldest AND state <> 'RUNNING'";
    for (String table : List.of("operation_step", "command")) {
      handle
          .createUpdate("DELETE FROM " + table + " WHERE operation IN (" + ended + ")")
          .bind("oldest", oldest)
          .execute();
    }
    handle
        .createUpdate("DELETE FROM operation WHERE number <= :oldest AND state <> 'RUNNING'")
        .bind("oldest", oldest)
        .execute();
  }

  public Optional<StoredOperation> get(String id) {
    return database.read(
        handle ->
            handle
                .createQuery("SELECT * FROM operation WHERE number = :number")
                .bind("number", Sequences.numberOf(PREFIX, id))
                .map((row, context) -> read(row))
                .findOne());
  }

  /** The newest operations, newest first. */
  public List<StoredOperation> newest(int limit) {
    return database.read(
        handle ->
            handle
                .createQuery("SELECT * FROM operation ORDER BY number DESC LIMIT :limit")
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list());
  }

  /** The operations that have not ended, oldest first. */
  public List<StoredOperation> running() {
    return database.read(
        handle ->
            handle
                .createQuery("SELECT * FROM operation WHERE state = 'RUNNING' ORDER BY number")
                .map((row, context) -> read(row))
                .list());
  }

  /** Ends the operation. */
  public void end(String id, OperationState state, String detail, long nowEpochMillis) {
    database.change(
        handle ->
            handle
                .createUpdate(
                    "UPDATE operation SET state = :state, detail = :detail,"
                        + " ended_epoch_millis = :now WHERE number = :number")
                .bind("number", Sequences.numberOf(PREFIX, id))
                .bind("state", state.name())
                .bind("detail", detail)
                .bind("now", nowEpochMillis)
                .execute());
  }

  /** In the order of the plan. */
  public List<StoredStep> steps(String id) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT step, host, state, outcome FROM operation_step"
                        + " WHERE operation = :number ORDER BY step")
                .bind("number", Sequences.numberOf(PREFIX, id))
                .map(
                    (row, context) ->
                        new StoredStep(
                            row.getInt(1),
                            new HostName(row.getString(2)),
                            StepState.valueOf(row.getString(3)),
                            Optional.ofNullable(row.getBytes(4)).map(StoreCodec::outcome)))
                .list());
  }

  /** Stores where a step stands; an outcome that was stored earlier is replaced. */
  public void setStep(String id, int step, StepState state, Optional<Outcome> outcome) {
    database.change(
        handle ->
            handle
                .createUpdate(
                    "UPDATE operation_step SET state = :state, outcome = :outcome"
                        + " WHERE operation = :number AND step = :step")
                .bind("number", Sequences.numberOf(PREFIX, id))
                .bind("step", step)
                .bind("state", state.name())
                .bind("outcome", outcome.map(StoreCodec::toBytes).orElse(null))
                .execute());
  }

  private static StoredOperation read(ResultSet row) throws SQLException {
    return new StoredOperation(
        PREFIX + row.getLong("number"),
        row.getString("plan_id"),
        row.getString("title"),
        Origin.valueOf(row.getString("origin")),
        row.getInt("dry_run") != 0,
        Optional.ofNullable(row.getObject("confirm_within_millis"))
            .map(millis -> ((Number) millis).longValue()),
        OperationState.valueOf(row.getString("state")),
        row.getLong("started_epoch_millis"),
        row.getLong("ended_epoch_millis"),
        row.getString("detail"));
  }
}

package dev.ballast.coordinator.store;

import dev.ballast.core.plan.Origin;
import dev.ballast.core.plan.Plan;
import dev.ballast.wire.PlanCodec;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Plans under their ids. The oldest are forgotten. */
public final class PlanStore {
  /** So many plans are kept. */
  public static final int PLAN_LIMIT = 10_000;

  private static final String PREFIX = "plan-";

  private final LeaderDatabase database;

  public PlanStore(LeaderDatabase database) {
    this.database = database;
  }

  /** Stores the plan and gives it its id. */
  public String add(Plan plan, PlanState state, long nowEpochMillis) {
    return database.write(
        handle -> {
          long number = Sequences.next(handle, "plan");
          handle
              .createUpdate(
                  "INSERT INTO plan (number, title, origin, step_count, state,"
                      + " created_epoch_millis, body)"
                      + " VALUES (:number, :title, :origin, :steps, :state, :now, :body)")
              .bind("number", number)
              .bind("title", plan.title())
              .bind("origin", plan.origin().name())
              .bind("steps", plan.steps().size())
              .bind("state", state.name())
              .bind("now", nowEpochMillis)
              .bind("body", PlanCodec.toBytes(plan))
              .execute();
          handle
              .createUpdate("DELETE FROM plan WHERE number <= :oldest")
              .bind("oldest", number - PLAN_LIMIT)
              .execute();
          return PREFIX + number;
        });
  }

  public Optional<StoredPlan> get(String id) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT body, state, created_epoch_millis FROM plan WHERE number = :number")
                .bind("number", Sequences.numberOf(PREFIX, id))
                .map(
                    (row, context) ->
                        new StoredPlan(
                            id,
                            PlanCodec.fromBytes(row.getBytes(1)),
                            PlanState.valueOf(row.getString(2)),
                            row.getLong(3)))
                .findOne());
  }

  /** The newest plans, newest first. */
  public List<PlanSummary> newest(int limit) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT number, title, origin, step_count, state, created_epoch_millis"
                        + " FROM plan ORDER BY number DESC LIMIT :limit")
                .bind("limit", limit)
                .map(
                    (row, context) ->
                        new PlanSummary(
                            PREFIX + row.getLong(1),
                            row.getString(2),
                            Origin.valueOf(row.getString(3)),
                            row.getInt(4),
                            PlanState.valueOf(row.getString(5)),
                            row.getLong(6)))
                .list());
  }

  /** How many plans are in each state. */
  public Map<PlanState, Long> countByState() {
    return database.read(
        handle -> {
          Map<PlanState, Long> counts = new EnumMap<>(PlanState.class);
          handle
              .createQuery("SELECT state, COUNT(*) AS plans FROM plan GROUP BY state")
              .map((row, context) -> Map.entry(row.getString("state"), row.getLong("plans")))
              .forEach(count -> counts.put(PlanState.valueOf(count.getKey()), count.getValue()));
          return counts;
        });
  }

  /** Moves the plan on if it still is in the former state; says whether it was. */
  public boolean setState(String id, PlanState from, PlanState to) {
    return database.write(
            handle ->
                handle
                    .createUpdate(
                        "UPDATE plan SET state = :to WHERE number = :number AND state = :from")
                    .bind("number", Sequences.numberOf(PREFIX, id))
                    .bind("from", from.name())
                    .bind("to", to.name())
                    .execute())
        == 1;
  }
}

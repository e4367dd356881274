package dev.ballast.coordinator.store;

import org.jdbi.v3.core.Handle;

/** The term row. It is written without a term, since taking a term is what it is for. */
public final class LeadershipStore {
  private final Database database;

  public LeadershipStore(Database database) {
    this.database = database;
  }

  /** The term that was taken last; 0 before the first. */
  public long lastTerm() {
    return database.read(handle -> value(handle, "term"));
  }

  /** The highest term that any agent has reported; 0 while none has. */
  public long highestReported() {
    return database.read(handle -> value(handle, "highest_reported"));
  }

  /** Takes the next term, which deposes the holder of the last one. */
  public Term take(long nowEpochMillis) {
    return database.transact(
        handle -> {
          handle
              .createUpdate(
                  "UPDATE leadership SET term = term + 1, taken_epoch_millis = :now WHERE id = 1")
              .bind("now", nowEpochMillis)
              .execute();
          return new Term(value(handle, "term"));
        });
  }

  /** Remembers a term that an agent reported. */
  public void noteReported(long term) {
    database.transact(
        handle ->
            handle
                .createUpdate(
                    "UPDATE leadership SET highest_reported = :term"
                        + " WHERE id = 1 AND highest_reported < :term")
                .bind("term", term)
                .execute());
  }

  /** Makes the last term at least that one; the next coordinator takes a higher one. */
  public void raise(long term) {
    database.transact(
        handle ->
            handle
                .createUpdate("UPDATE leadership SET term = :term WHERE id = 1 AND term < :term")
                .bind("term", term)
                .execute());
  }

  private static long value(Handle handle, String column) {
    return handle
        .createQuery("SELECT " + column + " FROM leadership WHERE id = 1")
        .mapTo(Long.class)
        .one();
  }
}

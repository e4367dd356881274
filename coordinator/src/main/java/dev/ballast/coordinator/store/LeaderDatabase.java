package dev.ballast.coordinator.store;

import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/**
 * A database as the holder of one term may use it. Each write checks the term in the same
 * transaction: the row is updated, so two leaders cannot both pass.
 */
public final class LeaderDatabase {
  private final Database database;
  private final Term term;

  public LeaderDatabase(Database database, Term term) {
    this.database = database;
    this.term = term;
  }

  public Term term() {
    return term;
  }

  public Database database() {
    return database;
  }

  /**
   * Makes all writes of the action one transaction: all of them or none.
   *
   * @throws DeposedException when another term holds the store
   * @throws StoreException when the store cannot write
   */
  public <T> T atomically(Supplier<T> action) {
    return write(handle -> action.get());
  }

  /** As {@link #atomically(Supplier)}, without a result. */
  public void atomically(Runnable action) {
    change(handle -> action.run());
  }

  <T> T read(Function<Handle, T> query) {
    return database.read(query);
  }

  <T> T write(Function<Handle, T> change) {
    return database.transact(
        handle -> {
          checkTerm(handle);
          return change.apply(handle);
        });
  }

  void change(Consumer<Handle> change) {
    write(
        handle -> {
          change.accept(handle);
          return true;
        });
  }

  private void checkTerm(Handle handle) {
    int held =
        handle
            .createUpdate("UPDATE leadership SET writes = writes + 1 WHERE id = 1 AND term = :term")
            .bind("term", term.value())
            .execute();
    if (held != 1) {
      throw new DeposedException(term);
    }
  }
}

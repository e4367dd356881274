package dev.ballast.coordinator.store;

import com.zaxxer.hikari.HikariDataSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * An open store of any engine. Reads need no term; writes go through {@link LeaderDatabase}.
 *
 * <p>A failed write is remembered until one succeeds: whoever decides asks {@link #problem()} first
 * and stops while there is one; reads go on.
 */
public final class Database implements AutoCloseable {
  private final HikariDataSource source;
  private final Jdbi jdbi;
  private final Function<Throwable, StoreException> explain;
  private final AutoCloseable lock;
  private volatile LongConsumer writeNanos = nanos -> {};
  private final AtomicReference<@Nullable String> problem = new AtomicReference<>();

  Database(
      HikariDataSource source, Function<Throwable, StoreException> explain, AutoCloseable lock) {
    this.source = source;
    this.jdbi = Jdbi.create(source);
    this.explain = explain;
    this.lock = lock;
  }

  /** Why the last write failed; empty while the store can write. */
  public Optional<String> problem() {
    return Optional.ofNullable(problem.get());
  }

  /** Tells it how long each transaction that writes took; it must return at once. */
  public void onWrite(LongConsumer nanos) {
    writeNanos = nanos;
  }

  /** Runs the query; nested in a write, within its transaction. */
  <T> T read(Function<Handle, T> query) {
    try {
      return jdbi.withHandle(query::apply);
    } catch (JdbiException e) {
      throw explain.apply(e);
    }
  }

  /** Runs the change in a transaction; nested in another one, within it. */
  <T> T transact(Function<Handle, T> change) {
    long began = System.nanoTime();
    try {
      T result = jdbi.inTransaction(change::apply);
      problem.set(null);
      return result;
    } catch (JdbiException e) {
      StoreException explained = explain.apply(e);
      problem.set(explained.getMessage());
      throw explained;
    } catch (DeposedException e) {
      problem.set(e.getMessage());
      throw e;
    } finally {
      writeNanos.accept(System.nanoTime() - began);
    }
  }

  @Override
  public void close() {
    source.close();
    try {
      lock.close();
    } catch (Exception e) {
      throw new StoreException("cannot release the store's lock: " + e.getMessage(), e);
    }
  }
}

package dev.ballast.coordinator.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** Opens the embedded store: one file in the state directory, for one coordinator. */
public final class SqliteDatabase {
  /** The file within the state directory. */
  public static final String FILE_NAME = "ballast.db";

  private static final int CONNECTION_LIMIT = 4;
  private static final int BUSY_TIMEOUT_MILLIS = 5_000;
  private static final long CONNECTION_TIMEOUT_MILLIS = 10_000;

  private SqliteDatabase() {}

  /**
   * Opens the store of that directory, makes it when there is none, and brings its schema up to
   * date.
   *
   * @throws StoreException naming the place and the remedy: in use by another coordinator, not
   *     writable, not a database, damaged, or of a newer version
   */
  public static Database open(Path stateDir) {
    makeDirectory(stateDir);
    InstanceLock lock = InstanceLock.take(stateDir);
    Path file = stateDir.resolve(FILE_NAME);
    SqliteFaults faults = new SqliteFaults(file);
    HikariDataSource source = null;
    try {
      source = new HikariDataSource(pool(file));
      migrate(source);
      return new Database(source, faults::explain, lock);
    } catch (PoolInitializationException | FlywayException e) {
      if (source != null) {
        source.close();
      }
      lock.close();
      throw e instanceof FlywayValidateException ? newer(file, e) : faults.explain(e);
    }
  }

  private static StoreException newer(Path file, Exception cause) {
    return new StoreException(
        "the store "
            + file
            + " was written by a newer version of Ballast, or its schema was changed by hand;"
            + " update this coordinator, or put back the backup from before the update",
        cause);
  }

  private static void makeDirectory(Path stateDir) {
    try {
      if (!Files.isDirectory(stateDir)) {
        Files.createDirectories(
            stateDir,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
    } catch (IOException e) {
      throw new StoreException(
          "cannot make the state directory "
              + stateDir
              + ": "
              + e
              + "; create it for the coordinator's user, or set stateDir to another place",
          e);
    }
  }

  private static HikariConfig pool(Path file) {
    SQLiteConfig sqlite = new SQLiteConfig();
    sqlite.setJournalMode(SQLiteConfig.JournalMode.WAL);
    sqlite.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    sqlite.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
    // A transaction that begins with a read and writes later could not wait for its lock.
    sqlite.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    SQLiteDataSource database = new SQLiteDataSource(sqlite);
    database.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
    HikariConfig config = new HikariConfig();
    config.setPoolName("store");
    config.setDataSource(database);
    config.setMaximumPoolSize(CONNECTION_LIMIT);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
    return config;
  }

  private static void migrate(HikariDataSource source) {
    Flyway.configure()
        .dataSource(source)
        .locations("classpath:db/migration")
        .placeholders(Map.of("bytes", "BLOB"))
        // Otherwise a schema newer than this program would pass.
        .ignoreMigrationPatterns(new String[0])
        .load()
        .migrate();
  }
}

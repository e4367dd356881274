package dev.ballast.coordinator.store;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Says in one sentence what is wrong with an SQLite file, and what helps. */
final class SqliteFaults {
  private final Path file;

  SqliteFaults(Path file) {
    this.file = file;
  }

  StoreException explain(Throwable failure) {
    SQLiteException cause = sqliteCause(failure);
    if (cause == null) {
      return new StoreException("the store " + file + " failed: " + deepest(failure), failure);
    }
    return new StoreException(
        "the store " + file + " " + sentence(cause.getResultCode(), cause.getMessage()), failure);
  }

  // The codes belong to SQLite and grow with it: those without a remedy of their own share one.
  private static String sentence(SQLiteErrorCode code, @Nullable String message) {
    return switch (code.code & 0xff) {
      case 13 -> "cannot grow: the disk is full; free space there, writing resumes by itself";
      case 8, 14 ->
          "cannot be written (read-only or no permission); give the coordinator's user write"
              + " access to the file and its directory";
      case 11, 26 ->
          "is damaged or not a database; put a backup in its place and run 'ballast-coordinator"
              + " recover', or move it away to begin anew";
      case 5, 6 -> "is locked by another process; end whatever else has it open";
      case 10 -> "cannot be read or written (" + message + "); check the disk under it";
      default -> "failed: " + message;
    };
  }

  private static @Nullable SQLiteException sqliteCause(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof SQLiteException sqlite) {
        return sqlite;
      }
    }
    return null;
  }

  private static String deepest(Throwable failure) {
    Throwable t = failure;
    while (t.getCause() != null) {
      t = t.getCause();
    }
    return String.valueOf(t.getMessage());
  }
}

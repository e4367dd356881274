package dev.ballast.coordinator.store;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends StoreContract {
  @TempDir private Path directory;

  @Override
  Database open() {
    return SqliteDatabase.open(directory);
  }
}

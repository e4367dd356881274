package dev.ballast.coordinator.store;

import static dev.ballast.coordinator.Fixtures.H1;
import static dev.ballast.coordinator.Fixtures.KSM_ON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ballast.coordinator.Fixtures;
import dev.ballast.core.plan.DesiredChange.PutKsm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteFaultsTest {
  @TempDir private Path directory;

  private Path file() {
    return directory.resolve(SqliteDatabase.FILE_NAME);
  }

  @Test
  void aSecondCoordinatorCannotOpenTheStore() {
    try (Database first = SqliteDatabase.open(directory)) {
      assertThat(first.problem()).isEmpty();
      assertThatThrownBy(() -> SqliteDatabase.open(directory))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("the store in " + directory + " is in use by another process");
    }
    SqliteDatabase.open(directory).close();
  }

  @Test
  void aFileThatIsNoDatabaseIsNamed() throws IOException {
    Files.writeString(file(), "this is no database, but it is long enough to look like one? ");
    assertThatThrownBy(() -> SqliteDatabase.open(directory))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("the store " + file() + " is damaged or not a database");
    Files.delete(file());
    SqliteDatabase.open(directory).close();
  }

  @Test
  void aDatabaseOfANewerVersionIsRefused() throws IOException {
    try (Database database = SqliteDatabase.open(directory)) {
      database.transact(
          handle ->
              handle.execute(
                  "UPDATE flyway_schema_history SET version = '999', script = 'V999__x.sql'"));
    }
    assertThatThrownBy(() -> SqliteDatabase.open(directory))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("newer");
  }

  @Test
  void aStateDirectoryThatIsAFileIsNamed() throws IOException {
    Path blocked = Files.createFile(directory.resolve("file"));
    assertThatThrownBy(() -> SqliteDatabase.open(blocked))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("cannot make the state directory " + blocked);
  }

  @Test
  void aFullDiskFailsTheWriteCleanlyAndHealsByItself() {
    try (Database database = SqliteDatabase.open(directory)) {
      LeaderDatabase leader = new LeaderDatabase(database, new LeadershipStore(database).take(1));
      DesiredStore desired = new DesiredStore(leader);
      desired.apply(List.of(new PutKsm(H1, KSM_ON)));
      assertThatThrownBy(() -> fill(leader))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("the disk is full");
      assertThat(database.problem())
          .hasValueSatisfying(p -> assertThat(p).contains("disk is full"));
      assertThat(desired.ksm()).containsKey(H1);
      assertThat(new PlanStore(leader).newest(10)).isEmpty();
      leader.atomically(() -> limitPages(leader, 1_000_000));
      assertThat(database.problem()).isEmpty();
    }
  }

  // SQLite answers a database at its page limit exactly as one on a full disk. The limit belongs to
  // the connection, hence to the transaction that runs on it.
  private static void limitPages(LeaderDatabase leader, int pages) {
    leader.read(
        handle -> handle.createQuery("PRAGMA max_page_count = " + pages).mapTo(Long.class).one());
  }

  private static void fill(LeaderDatabase leader) {
    leader.atomically(
        () -> {
          limitPages(leader, 1);
          PlanStore plans = new PlanStore(leader);
          for (int i = 0; i < 10_000; i++) {
            plans.add(Fixtures.plan("filler".repeat(100)), PlanState.PLANNED, 1);
          }
        });
  }
}

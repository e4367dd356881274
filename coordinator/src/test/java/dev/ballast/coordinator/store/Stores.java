package dev.ballast.coordinator.store;

import dev.ballast.core.model.Automation;
import java.nio.file.Path;

/** A store in a temporary directory with a leader, for tests of other packages. */
public record Stores(Database database, LeaderDatabase leader) implements AutoCloseable {
  public static Stores open(Path directory) {
    Database database = SqliteDatabase.open(directory);
    LeaderDatabase leader = new LeaderDatabase(database, new LeadershipStore(database).take(1));
    new ClusterStore(leader).create("lab", Automation.RECOMMEND);
    return new Stores(database, leader);
  }

  /** From now on every write fails, as if another coordinator had taken over. */
  public void depose() {
    new LeadershipStore(database).take(2);
  }

  @Override
  public void close() {
    database.close();
  }
}

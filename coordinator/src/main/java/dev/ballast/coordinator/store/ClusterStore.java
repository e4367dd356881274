package dev.ballast.coordinator.store;

import dev.ballast.core.model.Automation;
import java.util.Optional;
import java.util.UUID;

/** Which cluster this is, and what Ballast may do anywhere by itself. */
public final class ClusterStore {
  private final LeaderDatabase database;

  public ClusterStore(LeaderDatabase database) {
    this.database = database;
  }

  /** Absent until {@link #create}. */
  public Optional<ClusterIdentity> identity() {
    return database.read(
        handle ->
            handle
                .createQuery("SELECT uuid, name FROM cluster WHERE id = 1")
                .map((row, context) -> new ClusterIdentity(row.getString(1), row.getString(2)))
                .findOne());
  }

  /**
   * The identity of the cluster; made when there is none.
   *
   * @throws StoreException when the store belongs to a cluster of another name
   */
  public ClusterIdentity create(String name, Automation automation) {
    return database.write(
        handle -> {
          handle
              .createUpdate(
                  "INSERT INTO cluster (id, uuid, name, automation)"
                      + " VALUES (1, :uuid, :name, :automation) ON CONFLICT (id) DO NOTHING")
              .bind("uuid", UUID.randomUUID().toString())
              .bind("name", name)
              .bind("automation", automation.name())
              .execute();
          ClusterIdentity stored = identity().orElseThrow();
          if (!stored.name().equals(name)) {
            throw new StoreException(
                "the store belongs to cluster '"
                    + stored.name()
                    + "', but the coordinator's certificate is for cluster '"
                    + name
                    + "'; use the certificate or the stateDir of the other one",
                null);
          }
          return stored;
        });
  }

  public Automation automation() {
    return database.read(
        handle ->
            Automation.valueOf(
                handle
                    .createQuery("SELECT automation FROM cluster WHERE id = 1")
                    .mapTo(String.class)
                    .one()));
  }

  public void setAutomation(Automation automation) {
    database.change(
        handle ->
            handle
                .createUpdate("UPDATE cluster SET automation = :automation WHERE id = 1")
                .bind("automation", automation.name())
                .execute());
  }
}

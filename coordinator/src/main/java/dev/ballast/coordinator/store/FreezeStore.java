package dev.ballast.coordinator.store;

import dev.ballast.coordinator.store.Freeze.Scope;
import dev.ballast.core.model.HostName;
import dev.ballast.core.model.VmName;
import java.util.List;

/** What operators have frozen. */
public final class FreezeStore {
  private final LeaderDatabase database;

  public FreezeStore(LeaderDatabase database) {
    this.database = database;
  }

  public List<Freeze> all() {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT scope, name, reason, since_epoch_millis FROM freeze"
                        + " ORDER BY scope, name")
                .map(
                    (row, context) ->
                        new Freeze(
                            scope(row.getString(1), row.getString(2)),
                            row.getString(3),
                            row.getLong(4)))
                .list());
  }

  /** Freezes; a scope that is frozen already keeps its time and takes the new reason. */
  public void put(Freeze freeze) {
    database.change(
        handle ->
            handle
                .createUpdate(
                    "INSERT INTO freeze (scope, name, reason, since_epoch_millis)"
                        + " VALUES (:scope, :name, :reason, :since)"
                        + " ON CONFLICT (scope, name) DO UPDATE SET reason = :reason")
                .bind("scope", kind(freeze.scope()))
                .bind("name", name(freeze.scope()))
                .bind("reason", freeze.reason())
                .bind("since", freeze.sinceEpochMillis())
                .execute());
  }

  /** Lifts a freeze, if there is one. */
  public void remove(Scope scope) {
    database.change(
        handle ->
            handle
                .createUpdate("DELETE FROM freeze WHERE scope = :scope AND name = :name")
                .bind("scope", kind(scope))
                .bind("name", name(scope))
                .execute());
  }

  private static Scope scope(String kind, String name) {
    return switch (kind) {
      case "cluster" -> new Scope.Cluster();
      case "host" -> new Scope.Host(new HostName(name));
      case "vm" -> new Scope.Vm(new VmName(name));
      default -> throw new StoreException("the store holds a freeze of kind '" + kind + "'", null);
    };
  }

  private static String kind(Scope scope) {
    return switch (scope) {
      case Scope.Cluster() -> "cluster";
      case Scope.Host ignored -> "host";
      case Scope.Vm ignored -> "vm";
    };
  }

  private static String name(Scope scope) {
    return switch (scope) {
      case Scope.Cluster() -> "";
      case Scope.Host(HostName host) -> host.value();
      case Scope.Vm(VmName vm) -> vm.value();
    };
  }
}

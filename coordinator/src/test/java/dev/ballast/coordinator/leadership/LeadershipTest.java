package dev.ballast.coordinator.leadership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ballast.coordinator.store.Database;
import dev.ballast.coordinator.store.LeadershipStore;
import dev.ballast.coordinator.store.SqliteDatabase;
import dev.ballast.coordinator.store.Term;
import dev.ballast.core.model.HostName;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeadershipTest {
  private static final HostName HOST = new HostName("h1");
  private static final long LEASE_MILLIS = 15_000;

  @TempDir private Path directory;
  private Database database;
  private LeadershipStore store;
  private long nanos = Long.MAX_VALUE - 5;

  @BeforeEach
  void open() {
    database = SqliteDatabase.open(directory);
    store = new LeadershipStore(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private Leadership take() {
    return Leadership.take(store, LEASE_MILLIS, 1, () -> nanos);
  }

  @Test
  void theFirstLeaderOfAllNeedNotWait() {
    assertThat(take().mayCommand()).isTrue();
  }

  @Test
  void everyLaterLeaderWaitsOneLease() {
    take();
    Leadership second = take();
    assertThat(second.term()).isEqualTo(new Term(2));
    assertThat(second.mayCommand()).isFalse();
    nanos += TimeUnit.MILLISECONDS.toNanos(LEASE_MILLIS) - 1;
    assertThat(second.mayCommand()).isFalse();
    assertThat(second.remainingMillis()).isEqualTo(1);
    nanos += 1;
    assertThat(second.mayCommand()).isTrue();
  }

  @Test
  void aDeposedLeaderRenewsNothing() {
    Leadership first = take();
    assertThat(first.renew()).isTrue();
    take();
    assertThat(first.renew()).isFalse();
  }

  @Test
  void aRestoredStoreThatTakesAKnownTermAgainIsBehind() {
    Leadership leader = take();
    assertThat(leader.isBehind(HOST, leader.term().value()))
        .as("another leader has used this term")
        .isTrue();
  }

  @Test
  void recoveryPassesWhatAgentsHaveSeen() {
    Leadership leader = take();
    assertThat(leader.isBehind(HOST, 0)).isFalse();
    assertThat(leader.isBehind(HOST, 1)).as("it has followed this leader").isFalse();
    assertThat(leader.isBehind(HOST, 7)).isTrue();
    assertThat(Recovery.recover(store, 0)).isEqualTo(8);
    assertThat(take().isBehind(HOST, 7)).isFalse();
    assertThat(Recovery.recover(store, 20)).isEqualTo(21);
    assertThat(take().term()).isEqualTo(new Term(21));
  }
}

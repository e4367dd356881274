package dev.ballast.coordinator.leadership;

import dev.ballast.coordinator.store.LeadershipStore;
import dev.ballast.coordinator.store.StoreException;
import dev.ballast.coordinator.store.Term;
import dev.ballast.core.model.HostName;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This coordinator's leadership. It took the term after the last one; the commands of the former
 * leader die out within one lease, and until then this one sends none.
 */
public final class Leadership {
  private static final Logger log = LoggerFactory.getLogger(Leadership.class);
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final LeadershipStore store;
  private final Term term;
  private final long leaseMillis;
  private final long commandsFromNanos;
  private final LongSupplier nanoTime;
  private final Set<HostName> followers = ConcurrentHashMap.newKeySet();

  private Leadership(
      LeadershipStore store, Term term, long leaseMillis, long waitMillis, LongSupplier nanoTime) {
    this.store = store;
    this.term = term;
    this.leaseMillis = leaseMillis;
    this.nanoTime = nanoTime;
    this.commandsFromNanos = nanoTime.getAsLong() + waitMillis * NANOS_PER_MILLI;
  }

  /** Takes the next term, which deposes the holder of the last one. */
  public static Leadership take(
      LeadershipStore store, long leaseMillis, long nowEpochMillis, LongSupplier nanoTime) {
    boolean first = store.lastTerm() == 0;
    Term term = store.take(nowEpochMillis);
    long waitMillis = first ? 0 : leaseMillis;
    log.info("leads with term {}; commands from {} ms on", term, waitMillis);
    return new Leadership(store, term, leaseMillis, waitMillis, nanoTime);
  }

  public Term term() {
    return term;
  }

  /** How long after its stamp a command may still start. */
  public long leaseMillis() {
    return leaseMillis;
  }

  /** Whether the former leader's lease has run out, so that commands may be sent. */
  public boolean mayCommand() {
    return remainingMillis() <= 0;
  }

  /** How long until commands may be sent; 0 or less when they may. */
  public long remainingMillis() {
    return (commandsFromNanos - nanoTime.getAsLong() + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
  }

  /** Says whether this coordinator still leads, by asking the store. */
  public boolean renew() {
    try {
      boolean leads = store.lastTerm() == term.value();
      if (!leads) {
        log.error("term {} is deposed; this coordinator renews no lease any more", term);
      }
      return leads;
    } catch (StoreException e) {
      log.error("the lease is not renewed: {}", e.getMessage());
      return false;
    }
  }

  /**
   * Compares with the highest term that an agent has seen and remembers it for {@code recover}. A
   * term equal to ours is known only to agents that followed this very leadership.
   *
   * @return whether the agent has followed another leader of this or a higher term: this store was
   *     restored from a backup, and that agent must not be commanded
   */
  public boolean isBehind(HostName host, long reportedTerm) {
    boolean known = reportedTerm == term.value() && followers.contains(host);
    if (reportedTerm < term.value() || known) {
      followers.add(host);
      return false;
    }
    store.noteReported(reportedTerm);
    return true;
  }
}

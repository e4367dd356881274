package dev.ballast.coordinator.api;

import dev.ballast.coordinator.cluster.EventLog;
import dev.ballast.coordinator.cluster.EventSubscription;
import dev.ballast.coordinator.execution.Executor;
import dev.ballast.coordinator.execution.Progress;
import dev.ballast.coordinator.store.StoredEvent;
import dev.ballast.v1.Event;
import dev.ballast.v1.ExecutePlanRequest;
import dev.ballast.v1.OperationProgress;
import dev.ballast.v1.WatchEventsRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Answers that go on: the progress of an operation, events as they happen. */
final class Streams {
  /** At most so many streams at a time. */
  static final int STREAM_LIMIT = 200;

  private static final int PAST_DEFAULT = 100;
  private static final int PAST_LIMIT = 10_000;
  private static final int PAGE = 1_000;
  private static final long POLL_MILLIS = 500;
  private static final long CONFIRM_LOW_MILLIS = 1_000;
  private static final long CONFIRM_HIGH_MILLIS = 3_600_000;
  private static final long START_SECONDS = 30;

  private final Executor executor;
  private final EventLog events;
  private final Semaphore places = new Semaphore(STREAM_LIMIT);

  Streams(Executor executor, EventLog events) {
    this.executor = executor;
    this.events = events;
  }

  @FunctionalInterface
  private interface Body {
    void run() throws Exception;
  }

  /** Runs on a thread of its own: callbacks of the call must not wait behind it. */
  private void inBackground(OutStream<?> out, Body body) {
    if (!places.tryAcquire()) {
      throw Problem.tooMuch(STREAM_LIMIT + " streams are open; end one first");
    }
    Thread.ofVirtual()
        .name("api-stream")
        .start(
            () -> {
              try {
                body.run();
                out.complete();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                out.fail(e);
              } catch (Exception e) {
                out.fail(e);
              } finally {
                places.release();
              }
            });
  }

  void execute(ExecutePlanRequest request, OutStream<OperationProgress> out) {
    ProgressQueue queue = new ProgressQueue();
    inBackground(
        out,
        () -> {
          executor
              .start(request.getPlanId(), request.getDryRun(), confirmWithin(request), queue)
              .get(START_SECONDS, TimeUnit.SECONDS);
          while (!out.isCancelled()) {
            Optional<Progress> progress = queue.poll(POLL_MILLIS);
            if (progress.isEmpty()) {
              continue;
            }
            boolean there = out.send(Messages.progress(progress.get()));
            if (!there || progress.get().state().isEnded()) {
              return;
            }
          }
        });
  }

  private static Optional<Long> confirmWithin(ExecutePlanRequest request) {
    return request.hasConfirmWithinMillis()
        ? Optional.of(
            Math.clamp(request.getConfirmWithinMillis(), CONFIRM_LOW_MILLIS, CONFIRM_HIGH_MILLIS))
        : Optional.empty();
  }

  void watch(WatchEventsRequest request, OutStream<Event> out) {
    inBackground(
        out,
        () -> {
          try (EventSubscription subscription = events.watch()) {
            long last = past(request, out);
            if (request.getFollow()) {
              follow(subscription, last, out);
            }
          }
        });
  }

  private long past(WatchEventsRequest request, OutStream<Event> out) throws InterruptedException {
    long last = request.getAfter();
    int wanted = request.getPast() == 0 ? PAST_DEFAULT : Math.min(request.getPast(), PAST_LIMIT);
    List<StoredEvent> page =
        last == 0 ? events.newest(wanted) : events.after(last, Math.min(wanted, PAGE));
    int sent = 0;
    while (!page.isEmpty() && sent < wanted) {
      for (StoredEvent event : page) {
        last = event.number();
        sent++;
        if (!out.send(Messages.event(event))) {
          return last;
        }
      }
      page =
          sent < wanted && request.getAfter() != 0
              ? events.after(last, Math.min(wanted - sent, PAGE))
              : List.of();
    }
    return last;
  }

  private static void follow(EventSubscription subscription, long after, OutStream<Event> out)
      throws InterruptedException {
    while (!out.isCancelled()) {
      Optional<StoredEvent> event = subscription.poll(POLL_MILLIS);
      if (event.isPresent()) {
        if (event.get().number() > after && !out.send(Messages.event(event.get()))) {
          return;
        }
      } else if (subscription.isOverrun()) {
        throw Problem.tooMuch(
            "more than "
                + EventSubscription.QUEUE_LIMIT
                + " events wait; watch again with the last number seen");
      }
    }
  }
}

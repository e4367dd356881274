package dev.ballast.coordinator.api;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The sending side of a stream: waits for a slow caller, but not for ever. */
final class OutStream<T> {
  /** A caller that takes nothing for so long is cut off. */
  static final long STALL_SECONDS = 60;

  private final ServerCallStreamObserver<T> call;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** To be made within the call's method. */
  OutStream(StreamObserver<T> observer) {
    this.call = (ServerCallStreamObserver<T>) observer;
    call.setOnReadyHandler(this::wake);
    call.setOnCancelHandler(this::wake);
  }

  private void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isCancelled() {
    return call.isCancelled();
  }

  /** Sends; says whether the caller is still there. */
  boolean send(T message) throws InterruptedException {
    lock.lock();
    try {
      long left = TimeUnit.SECONDS.toNanos(STALL_SECONDS);
      while (!call.isReady() && !call.isCancelled()) {
        if (left <= 0) {
          throw Problem.tooMuch("nothing was read for " + STALL_SECONDS + " s");
        }
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
    if (call.isCancelled()) {
      return false;
    }
    call.onNext(message);
    return true;
  }

  void complete() {
    if (!call.isCancelled()) {
      call.onCompleted();
    }
  }

  void fail(Throwable failure) {
    if (!call.isCancelled()) {
      call.onError(Failures.of(failure));
    }
  }
}

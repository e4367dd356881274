package dev.ballast.coordinator.gateway;

import dev.ballast.v1.CoordinatorMessage;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits to be sent to one agent: bounded, and drained only as fast as the agent reads. Lease
 * renewals are conflated: only the newest waits.
 */
final class SendQueue {
  /** So many messages may wait for one agent. */
  static final int LIMIT = 256;

  private final ServerCallStreamObserver<CoordinatorMessage> call;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<CoordinatorMessage> waiting = new ArrayDeque<>();
  private boolean closed;

  SendQueue(ServerCallStreamObserver<CoordinatorMessage> call) {
    this.call = call;
  }

  /** Says whether the message was taken: not when the queue is full, or the stream has ended. */
  boolean offer(CoordinatorMessage message) {
    lock.lock();
    try {
      if (message.hasLeaseRenewal()) {
        waiting.removeIf(CoordinatorMessage::hasLeaseRenewal);
      }
      if (closed || waiting.size() >= LIMIT) {
        return false;
      }
      waiting.addLast(message);
      drainLocked();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Sends what the agent can take now. */
  void drain() {
    lock.lock();
    try {
      drainLocked();
    } finally {
      lock.unlock();
    }
  }

  private void drainLocked() {
    while (!closed && !waiting.isEmpty() && call.isReady()) {
      call.onNext(waiting.removeFirst());
    }
  }

  /** Ends the stream; what waits is dropped. Only the first end counts. */
  boolean close(Status status) {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      closed = true;
      waiting.clear();
      if (!call.isCancelled()) {
        if (status.isOk()) {
          call.onCompleted();
        } else {
          call.onError(status.asRuntimeException());
        }
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}

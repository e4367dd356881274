package dev.ballast.coordinator.cli;

import io.grpc.ManagedChannel;

/** Makes the channel to a coordinator. */
@FunctionalInterface
interface Connector {
  ManagedChannel connect(ServerTarget target);
}

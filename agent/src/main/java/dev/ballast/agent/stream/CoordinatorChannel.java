package dev.ballast.agent.stream;

import dev.ballast.agent.config.AgentConfig;
import dev.ballast.wire.TlsContexts;
import dev.ballast.wire.TlsException;
import dev.ballast.wire.TlsFiles;
import dev.ballast.wire.WireLimits;
import io.grpc.ManagedChannel;
import io.grpc.netty.NegotiationType;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Opens connections to the coordinator. */
final class CoordinatorChannel {
  private static final int KEEPALIVE_SECONDS = 10;

  private CoordinatorChannel() {}

  /** A channel of its own; its connection is made with the first call. */
  static ManagedChannel open(AgentConfig config, EventLoopGroup eventLoop) throws TlsException {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forAddress(config.coordinator().host(), config.coordinator().port())
            .eventLoopGroup(eventLoop)
            .channelType(NioSocketChannel.class)
            .directExecutor()
            .maxInboundMessageSize(WireLimits.AGENT_MESSAGE_BYTES)
            .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
            .disableRetry();
    Optional<TlsFiles> tls = config.tls();
    if (tls.isPresent()) {
      return builder.sslContext(TlsContexts.client(tls.get())).build();
    }
    return builder.negotiationType(NegotiationType.PLAINTEXT).build();
  }
}

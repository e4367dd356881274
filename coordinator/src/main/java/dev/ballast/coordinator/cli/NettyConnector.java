package dev.ballast.coordinator.cli;

import dev.ballast.wire.TlsContexts;
import dev.ballast.wire.TlsException;
import dev.ballast.wire.TlsFiles;
import dev.ballast.wire.WireLimits;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;

/** Channels over TCP. One thread and no native transport: a command's start counts. */
final class NettyConnector implements Connector {
  @Override
  public ManagedChannel connect(ServerTarget target) {
    // Netty would load the coordinator's logger otherwise, for nothing.
    InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("ballast", true), NioIoHandler.newFactory());
    NettyChannelBuilder builder =
        NettyChannelBuilder.forAddress(target.host(), target.port())
            .channelType(NioSocketChannel.class)
            .eventLoopGroup(loop)
            .maxInboundMessageSize(WireLimits.OPERATOR_MESSAGE_BYTES);
    if (target.tls().isEmpty()) {
      return builder.usePlaintext().build();
    }
    TlsFiles files = target.tls().get();
    try {
      return builder.sslContext(TlsContexts.client(files)).build();
    } catch (TlsException e) {
      throw new CliException(ExitCode.UNREACHABLE, String.valueOf(e.getMessage()), "", e);
    }
  }
}

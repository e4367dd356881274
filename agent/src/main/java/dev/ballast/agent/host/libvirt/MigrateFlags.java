package dev.ballast.agent.host.libvirt;

/** libvirt's VIR_MIGRATE_ flags of a request. */
final class MigrateFlags {
  static final int LIVE = 1;
  static final int PEER2PEER = 1 << 1;
  static final int PERSIST_DEST = 1 << 3;
  static final int UNDEFINE_SOURCE = 1 << 4;
  static final int NON_SHARED_DISK = 1 << 6;
  static final int UNSAFE = 1 << 9;
  static final int AUTO_CONVERGE = 1 << 13;
  static final int POSTCOPY = 1 << 15;
  static final int TLS = 1 << 16;

  private MigrateFlags() {}

  static int of(MigrationRequest request) {
    return LIVE
        | PEER2PEER
        | PERSIST_DEST
        | UNDEFINE_SOURCE
        | (request.unsafe() ? UNSAFE : 0)
        | (request.autoConverge() ? AUTO_CONVERGE : 0)
        | (request.tls() ? TLS : 0)
        | (request.postCopy() ? POSTCOPY : 0)
        | (request.copyStorage() ? NON_SHARED_DISK : 0);
  }
}

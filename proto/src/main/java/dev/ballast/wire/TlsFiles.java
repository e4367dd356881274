package dev.ballast.wire;

import java.nio.file.Path;

/**
 * Where a program's side of mutual TLS lies, each file in PEM.
 *
 * @param ca the certificate of the authority that signs the peers
 * @param cert this program's certificate
 * @param key its private key, PKCS#8 without a passphrase
 */
public record TlsFiles(Path ca, Path cert, Path key) {}

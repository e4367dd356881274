package dev.ballast.coordinator.cli;

import dev.ballast.wire.ContractVersion;
import picocli.CommandLine.IVersionProvider;

/** The version of this program and of the contract that it speaks. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = BallastCli.class.getPackage().getImplementationVersion();
    return new String[] {
      "ballast "
          + (version == null ? "(not packaged)" : version)
          + ", contract version "
          + ContractVersion.CURRENT
    };
  }
}

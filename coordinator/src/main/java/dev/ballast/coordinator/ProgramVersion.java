package dev.ballast.coordinator;

import dev.ballast.wire.ContractVersion;
import picocli.CommandLine.IVersionProvider;

/** Which build this is, and which contract it speaks. */
public final class ProgramVersion implements IVersionProvider {
  /** The build's version; {@code dev} outside a jar. */
  public static String build() {
    String version = ProgramVersion.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "ballast-coordinator "
          + build()
          + ", contract "
          + ContractVersion.OLDEST
          + " to "
          + ContractVersion.CURRENT
          + ", Java "
          + Runtime.version()
    };
  }
}

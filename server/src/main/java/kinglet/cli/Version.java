// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import picocli.CommandLine.IVersionProvider;

/// The version in the jar's manifest.
public final class Version implements IVersionProvider {
  /// The version, or `development` where classes run without their jar.
  public static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "kinglet " + text(),
      "Java " + Runtime.version(),
      System.getProperty("os.name", "") + " " + System.getProperty("os.arch", "")
    };
  }
}

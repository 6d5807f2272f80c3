// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import org.jspecify.annotations.Nullable;

/// Something a deployment has to say of a file, with its place when it is known.
///
/// @param file the path as it was sent; null when the whole project is meant
/// @param line counted from 1; 0 when unknown
/// @param column counted from 1; 0 when unknown
/// @param context the line and the two before it, ready to print; empty when unknown
public record Finding(
    Level level, @Nullable String file, int line, int column, String message, String context) {
  /// How bad it is; an error stops the deployment.
  public enum Level {
    ERROR,
    WARNING,
    INFO
  }

  public static Finding error(@Nullable String file, String message) {
    return new Finding(Level.ERROR, file, 0, 0, message, "");
  }

  public static Finding warning(@Nullable String file, String message) {
    return new Finding(Level.WARNING, file, 0, 0, message, "");
  }

  public static Finding info(@Nullable String file, String message) {
    return new Finding(Level.INFO, file, 0, 0, message, "");
  }

  /// The message with its place, as the clients print it.
  public String text() {
    String place = line > 0 ? message + " at " + line + ":" + column : message;
    return context.isEmpty() ? place : place + "\n" + context;
  }
}

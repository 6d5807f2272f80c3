// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

/// The heap of this program, which `KINGLET_JAVA_OPTIONS=-Xmx14g` makes larger than Java takes by
/// itself: sizes that it does not hold are left out.
final class Heap {
  private Heap() {}

  static boolean holds(long bytes) {
    return bytes <= Runtime.getRuntime().maxMemory() * 3 / 4;
  }
}

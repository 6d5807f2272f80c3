// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

/// How much one body may hold.
public record DecodeLimits(int rowBytesMax, int rowsMax) {
  public static final DecodeLimits DEFAULTS = new DecodeLimits(10 << 20, 1_000_000);
}

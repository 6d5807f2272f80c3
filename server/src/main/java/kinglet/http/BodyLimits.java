// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

/// How large bodies may be: as sent, after decompression, and all that are in memory at once.
public record BodyLimits(long bodyBytesMax, long decodedBytesMax, long inFlightBytesMax) {}

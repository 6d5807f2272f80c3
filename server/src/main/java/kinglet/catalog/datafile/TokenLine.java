// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

/// A `TOKEN` line: a token that gets a permission on the file's resource.
///
/// @param permission `READ` or `APPEND`
public record TokenLine(String token, String permission, Place place) {}

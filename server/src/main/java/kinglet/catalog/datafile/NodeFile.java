// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

/// What a `.pipe` file says of one node.
///
/// @param sqlPlace where the first line of its SQL stands
public record NodeFile(String name, String description, String sql, Place place, Place sqlPlace) {}

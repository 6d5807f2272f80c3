// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.time.Instant;

/// The unit of isolation and ownership; its tables stand in one ClickHouse database.
///
/// @param id a UUID
/// @param database the ClickHouse database, `w_` and hexadecimal digits
public record Workspace(String id, String name, String database, Instant createdAt) {}

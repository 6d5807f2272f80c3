// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

/// As whom a statement runs; on the wire the name of a ClickHouse user.
public enum Role {
  /// Users' SQL: reads only, no table functions that reach outside.
  READER("reader"),
  /// Inserts of the platform, and INSERT SELECT.
  WRITER("writer"),
  /// Tables and views, and the platform's own look into `system`.
  ADMIN("admin");

  private final String user;

  Role(String user) {
    this.user = user;
  }

  /// The user name on the wire.
  public String user() {
    return user;
  }
}

// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

/// One SQL step of a pipe.
///
/// @param sql as written; a text that starts with `%` is a template
public record Node(String id, String name, String description, String sql) {}

// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

/// A `{name:Type}` in a query.
public record QueryParameter(String name, String type, int offset) {}

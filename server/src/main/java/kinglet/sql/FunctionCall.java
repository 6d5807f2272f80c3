// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

/// A function named in a query. In type names, such as `Array(String)`, types count as functions.
public record FunctionCall(String name, int offset) {}

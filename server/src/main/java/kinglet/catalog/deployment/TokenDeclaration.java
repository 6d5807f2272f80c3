// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

/// A `TOKEN` line with the resource it is about.
///
/// @param resourceType `datasource` or `pipe`
/// @param permission `READ` or `APPEND`
public record TokenDeclaration(
    String token, String resource, String resourceType, String permission) {}

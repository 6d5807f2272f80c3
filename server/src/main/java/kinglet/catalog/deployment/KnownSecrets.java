// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

/// Which secrets there are for the files of a workspace; they are kept elsewhere.
@FunctionalInterface
public interface KnownSecrets {
  boolean has(String workspaceId, String name);
}

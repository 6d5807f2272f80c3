// SPDX-License-Identifier: Apache-2.0
package kinglet.auth;

import java.time.Instant;

/// A value of a workspace's own that templates may use; it is never shown.
///
/// @param editedBy the token that wrote it last
public record StoredSecret(
    String name, Secret value, String editedBy, Instant createdAt, Instant updatedAt) {}

// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.time.Duration;
import java.util.Optional;

/// Where and how the edge listens.
public record HttpSettings(
    String host, int port, int connectionsMax, Duration drainTimeout, Optional<TlsFiles> tls) {}

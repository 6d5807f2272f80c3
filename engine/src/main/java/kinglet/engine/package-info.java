// SPDX-License-Identifier: Apache-2.0
/// The ClickHouse engine process: libchdb behind ClickHouse's HTTP protocol on loopback.
@NullMarked
package kinglet.engine;

import org.jspecify.annotations.NullMarked;

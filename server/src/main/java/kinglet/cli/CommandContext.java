// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.util.Map;

/// What every command is given.
record CommandContext(Console console, Map<String, String> environment, ServerStarter starter) {}

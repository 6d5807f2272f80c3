// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

/// One value to read: which of the layout's aggregates over which of its windows.
public record FeatureUse(int aggregate, int window) {}

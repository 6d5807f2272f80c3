// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

/// One `name = value` of a SETTINGS clause; the value as it was written.
public record SettingAssignment(String name, String value, int offset) {}

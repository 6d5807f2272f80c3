// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

/// One `name = value` of a SETTINGS clause; the value without quotes.
public record SettingAssignment(String name, String value, int offset) {}

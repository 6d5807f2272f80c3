// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

/// An argument without its quotes, and where it starts.
record Word(String text, Place place) {}

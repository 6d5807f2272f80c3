// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import kinglet.catalog.Expectation;

/// An expectation, and where its condition or its measure stands.
public record ExpectationFile(Expectation expectation, Place place) {}

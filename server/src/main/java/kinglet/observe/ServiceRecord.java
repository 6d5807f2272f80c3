// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import java.util.Map;
import kinglet.catalog.ServiceDataSource;

/// Something that happened in one workspace.
public sealed interface ServiceRecord
    permits PipeCall,
        DataSourceOperation,
        ImportedBlock,
        ReleaseEvent,
        ConnectionChange,
        JobState,
        StorageSize,
        ExpectationResult,
        ServedRead,
        ServedServiceRead,
        FeatureConsistency,
        DriftMeasured,
        AlertChange {
  String workspaceId();

  /// The row for each data source it goes to; columns that are left out have their type's default.
  ///
  /// @param masking for texts that callers chose
  Map<ServiceDataSource, Map<String, Object>> rows(Masking masking);
}

// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Writes ClickHouse's own configuration: the server's file and the users' file.
///
/// There is one user, as libchdb knows no other; what a connection may do is set by its role.
final class ServerFiles {
  private static final String SERVER =
      """
      <clickhouse>
        <users_config>%s</users_config>
        <timezone>UTC</timezone>
        <max_server_memory_usage>%d</max_server_memory_usage>
        <background_pool_size>2</background_pool_size>
        <background_merges_mutations_concurrency_ratio>2</background_merges_mutations_concurrency_ratio>
        <background_move_pool_size>1</background_move_pool_size>
        <background_fetches_pool_size>1</background_fetches_pool_size>
        <background_common_pool_size>2</background_common_pool_size>
        <background_schedule_pool_size>4</background_schedule_pool_size>
        <background_message_broker_schedule_pool_size>1</background_message_broker_schedule_pool_size>
        <mark_cache_size>268435456</mark_cache_size>
        <merge_tree>
          <fsync_after_insert>1</fsync_after_insert>
          <fsync_part_directory>1</fsync_part_directory>
          <min_rows_to_fsync_after_merge>1</min_rows_to_fsync_after_merge>
          <number_of_free_entries_in_pool_to_execute_mutation>1</number_of_free_entries_in_pool_to_execute_mutation>
          <number_of_free_entries_in_pool_to_lower_max_size_of_merge>1</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
          <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>1</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
        </merge_tree>
      </clickhouse>
      """;

  private static final String USERS =
      """
      <clickhouse>
        <profiles>
          <default>
            <deduplicate_blocks_in_dependent_materialized_views>1</deduplicate_blocks_in_dependent_materialized_views>
            <async_insert>0</async_insert>
          </default>
        </profiles>
        <roles>
          <reader>
            <grants>
              <query>GRANT SELECT, SHOW, dictGet ON *.*</query>
              <query>REVOKE SELECT ON system.*</query>
              <query>REVOKE SELECT ON INFORMATION_SCHEMA.*</query>
              <query>REVOKE SELECT ON information_schema.*</query>
              <query>GRANT SELECT ON system.one</query>
              <query>GRANT SELECT ON system.numbers</query>
              <query>GRANT SELECT ON system.numbers_mt</query>
              <query>GRANT SELECT ON system.zeros</query>
              <query>GRANT SELECT ON system.zeros_mt</query>
            </grants>
          </reader>
          <owner>
            <grants>
              <query>GRANT ALL ON *.*</query>
            </grants>
          </owner>
        </roles>
        <users>
          <default>
            <password></password>
            <profile>default</profile>
            <quota>default</quota>
            <networks>
              <ip>::/0</ip>
            </networks>
            <grants>
              <query>GRANT reader</query>
              <query>GRANT owner</query>
            </grants>
          </default>
        </users>
        <quotas>
          <default></default>
        </quotas>
      </clickhouse>
      """;

  private ServerFiles() {}

  /// Writes both files and answers the arguments of every connection.
  static List<String> write(EngineOptions options) throws IOException {
    Path root = options.data().toAbsolutePath();
    Path data = Files.createDirectories(data(options));
    Path server = root.resolve("server.xml");
    Path users = root.resolve("users.xml");
    Files.writeString(users, USERS);
    Files.writeString(server, SERVER.formatted(escaped(users), options.memoryBytesMax()));
    return List.of("kinglet-engine", "--path=" + data, "--config-file=" + server);
  }

  /// ClickHouse's own directory. Absolute, because ClickHouse does not find a relative one again
  /// when it syncs a part's directory.
  static Path data(EngineOptions options) {
    return options.data().toAbsolutePath().resolve("store");
  }

  private static String escaped(Path path) {
    return path.toString().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}

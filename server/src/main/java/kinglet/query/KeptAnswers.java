// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.Supplier;
import kinglet.clickhouse.Statement;
import kinglet.clickhouse.Summary;

/// Answers of endpoints, given again for as long as their pipes say (`CACHE`, `cache_ttl()`).
/// Thread-safe.
///
/// What is sent to the engine tells answers apart: it has the tables, the arguments, and the row
/// filters of the token. A deployment makes all of them anew.
final class KeptAnswers {
  private static final int BYTES_MAX = 64 << 20;

  /// A larger answer is not kept.
  private static final int ANSWER_BYTES_MAX = 256 << 10;

  private static final int OVERHEAD_BYTES = 500;

  private final Cache<Question, Kept> answers =
      Caffeine.newBuilder()
          .maximumWeight(BYTES_MAX)
          .weigher(KeptAnswers::weight)
          .expireAfter(Expiry.creating((Question _, Kept kept) -> kept.keep()))
          .build();

  private record Kept(byte[] bytes, AnswerFormat format, Duration keep) {}

  /// @param statement without its identifier
  private record Question(long deployment, Statement statement) {}

  private static int weight(Question question, Kept kept) {
    return OVERHEAD_BYTES + 2 * question.statement().sql().length() + kept.bytes().length;
  }

  /// The answer of an equal call, if one is kept, else that of a run.
  QueryAnswer answer(CheckedQuery.Sent query, Supplier<QueryAnswer> run) {
    Duration keep = query.query().keep();
    if (keep.isZero()) {
      return run.get();
    }
    Question question =
        new Question(query.query().resources().deployment(), query.statement().withQueryId(""));
    Kept known = answers.getIfPresent(question);
    if (known != null) {
      return new BufferedAnswer(known.bytes(), known.format());
    }
    QueryAnswer answer = run.get();
    boolean handedOn = false;
    try {
      byte[] head = answer.body().readNBytes(ANSWER_BYTES_MAX + 1);
      if (head.length <= ANSWER_BYTES_MAX) {
        answers.put(question, new Kept(head, answer.format(), keep));
      }
      handedOn = true;
      return new Begun(
          answer, new SequenceInputStream(new ByteArrayInputStream(head), answer.body()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      if (!handedOn) {
        answer.close();
      }
    }
  }

  /// An answer whose first bytes were looked at.
  private record Begun(QueryAnswer answer, InputStream body) implements QueryAnswer {
    @Override
    public AnswerFormat format() {
      return answer.format();
    }

    @Override
    public Summary summary() {
      return answer.summary();
    }

    @Override
    public void close() {
      answer.close();
    }
  }
}

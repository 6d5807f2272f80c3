// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import kinglet.clickhouse.Summary;
import kinglet.error.ErrorKind;
import kinglet.error.PlatformException;
import kinglet.observe.PipeCall;
import kinglet.observe.ServiceLog;
import kinglet.query.QueryAnswer;
import org.jspecify.annotations.Nullable;

/// Streams the answers of queries, and writes down what became of each call.
public final class CallLog {
  /// What stands in the place of a status when nobody waited for one.
  private static final int CLIENT_GONE = 499;

  private static final ErrorRendering RENDERING = new ErrorRendering.Compatible();

  private final ServiceLog log;

  public CallLog(ServiceLog log) {
    this.log = log;
  }

  /// A call of an endpoint or of SQL.
  record Call(Exchange exchange, Caller caller, PipeCall.Resource pipe, Parameters parameters) {
    static Call endpoint(Exchange exchange, Caller caller, String name, Parameters parameters) {
      PipeCall.Resource pipe =
          caller
              .resources()
              .pipe(name)
              .map(found ->
                  new PipeCall.Resource(found.pipe().id(), found.name(), found.pipe().tags()))
              .orElseGet(() -> PipeCall.Resource.unknown(name));
      return new Call(exchange, caller, pipe, parameters);
    }

    static Call sql(Exchange exchange, Caller caller, Parameters parameters) {
      return new Call(exchange, caller, PipeCall.Resource.SQL, parameters);
    }
  }

  /// Runs the query and streams its answer for as long as the client waits.
  void answer(Call call, Function<QueryParameters, QueryAnswer> query) {
    Instant start = log.now();
    long startNanos = System.nanoTime();
    AtomicReference<QueryAnswer> begun = new AtomicReference<>();
    int status = 200;
    Optional<String> error = Optional.empty();
    try {
      call.exchange()
          .whileClientWaits(() -> {
            try (QueryAnswer answer = query.apply(new QueryParameters(call.parameters()))) {
              begun.set(answer);
              call.exchange().stream(200, answer.format().contentType(), answer.body());
            }
          });
    } catch (PlatformException e) {
      status = Statuses.of(e, RENDERING);
      error = Optional.of(e.kind() == ErrorKind.INTERNAL ? "internal error" : e.text());
      throw e;
    } catch (ClientGone e) {
      status = CLIENT_GONE;
      error = Optional.of("the client left before the answer was complete");
      throw e;
    } catch (RuntimeException e) {
      status = 500;
      error = Optional.of("internal error");
      throw e;
    } finally {
      log.add(
          new PipeCall(
              call.caller().workspace().id(),
              start,
              call.pipe(),
              Long.toString(call.caller().resources().deployment()),
              request(call),
              caller(call),
              System.nanoTime() - startNanos,
              status,
              counts(begun.get()),
              error));
    }
  }

  private static PipeCall.Counts counts(@Nullable QueryAnswer begun) {
    Summary summary = begun == null ? Summary.NONE : begun.summary();
    return new PipeCall.Counts(summary.readRows(), summary.readBytes(), summary.resultRows());
  }

  private static PipeCall.Request request(Call call) {
    return new PipeCall.Request(
        call.exchange().requestId(),
        call.exchange().method(),
        call.exchange().path(),
        call.exchange().query().values(),
        call.parameters().values());
  }

  private static PipeCall.Caller caller(Call call) {
    return new PipeCall.Caller(
        call.caller().token().id(),
        call.caller().token().name(),
        call.exchange().header("user-agent").orElse(""));
  }
}

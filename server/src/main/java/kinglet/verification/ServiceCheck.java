// SPDX-License-Identifier: Apache-2.0
package kinglet.verification;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Supplier;
import kinglet.clickhouse.Answer;
import kinglet.clickhouse.ClickHouse;
import kinglet.feature.Replay;
import kinglet.feature.Replays;
import kinglet.feature.ServicePlans;
import kinglet.feature.ServiceProgram;
import kinglet.feature.ServiceReplay;
import kinglet.feature.ViewHistory;
import kinglet.state.ReadStatus;
import kinglet.thread.Workers;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Compares what a feature service gave with what its query gives of the replayed views, share by
/// share of the reads.
final class ServiceCheck {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final ClickHouse clickHouse;
  private final Replays replays;
  private final Supplier<ServicePlans> plans;
  private final String rows;
  private final int version;
  private final Map<String, ViewHistory> views;
  private final long throughSeq;

  /// @param plans the queries of the service, for one thread
  /// @param rows where the reads stand, as SQL that follows FROM and has a condition
  /// @param version of the service, whose reads are looked at
  /// @param views it reads, by name
  ServiceCheck(
      ClickHouse clickHouse,
      Replays replays,
      Supplier<ServicePlans> plans,
      String rows,
      int version,
      Map<String, ViewHistory> views,
      long throughSeq) {
    this.clickHouse = clickHouse;
    this.replays = replays;
    this.plans = plans;
    this.rows = rows;
    this.version = version;
    this.views = views;
    this.throughSeq = throughSeq;
  }

  /// A read as it was served, and what computes it again.
  private record Served(ServedReads.Read read, Optional<ServiceReplay.Call> call) {}

  /// A read and the prefix of the journal it is tried with next.
  private record Trial(Served served, long bound) {}

  Tally run(Part part, ViewCheck.Progress progress) {
    Tally tally = new Tally();
    ServedReads.Count count = ServedReads.count(clickHouse, rows, version);
    tally.skip(count.ofOtherVersions());
    if (count.all() == count.ofOtherVersions()) {
      return tally;
    }
    Optional<List<ServiceProgram.ViewUse>> uses = uses();
    if (uses.isEmpty()) {
      tally.skip(count.all() - count.ofOtherVersions());
      return tally;
    }
    String current = rows + " AND version = " + version;
    tally.add(
        part.run(
            throughSeq,
            0,
            () -> shares(uses.get(), current),
            uses.get().size() == 1 && view(uses.get().getFirst()).groups() ? 1 : Workers.COUNT,
            reads -> progress.done(reads, count.all()),
            (share, shares, turn) ->
                compare(
                    uses.get(),
                    current + " AND cityHash64(toString(keys)) % " + shares + " = " + share,
                    turn)));
    return tally;
  }

  private int shares(List<ServiceProgram.ViewUse> uses, String current) {
    return uses.stream()
        .mapToInt(use -> replays.shares(view(use), throughSeq, among(use, current)))
        .max()
        .orElse(1);
  }

  /// What the service reads, by the first of the reads; empty if that cannot be computed again.
  private Optional<List<ServiceProgram.ViewUse>> uses() {
    String request =
        clickHouse.text(
            ServedReads.statement(
                "SELECT request FROM " + rows + " AND version = " + version + " LIMIT 1",
                "JSONCompactEachRow"));
    return plans
        .get()
        .of(ServiceReplay.arguments(texts(JSON.readTree(request).get(0))))
        .program()
        .uses()
        .filter(all ->
            all.stream()
                .allMatch(use -> {
                  ViewHistory view = views.get(use.view());
                  return view != null && view.version() == use.version();
                }));
  }

  private ViewHistory view(ServiceProgram.ViewUse use) {
    return Optional.ofNullable(views.get(use.view())).orElseThrow();
  }

  /// Which events of a view the keys have that were read, as SQL.
  private Optional<String> among(ServiceProgram.ViewUse use, String some) {
    ViewHistory view = view(use);
    String key = "keys['" + use.view() + "@" + use.version() + "']";
    return view.isAmong(ServedReads.keys(view, key), some);
  }

  private Tally compare(List<ServiceProgram.ViewUse> uses, String some, Runnable turn) {
    try (Answer answer =
            clickHouse.query(
                ServedReads.statement(
                    "SELECT read_at, toUnixTimestamp64Micro(read_at), journal_seq, later_seq,"
                        + " request, features, values FROM "
                        + some
                        + " ORDER BY journal_seq",
                    "JSONCompactEachRow"));
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
        ServiceReplay replay =
            new ServiceReplay(plans.get(), uses, replays.open(wanted(uses, some)))) {
      return compare(lines, replay, turn);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Replays.Wanted> wanted(List<ServiceProgram.ViewUse> uses, String some) {
    return uses.stream()
        .map(use ->
            new Replays.Wanted(
                view(use),
                new Replay.Scope(
                    Replay.Order.SERVED, throughSeq, Long.MAX_VALUE, 0, 1, among(use, some))))
        .toList();
  }

  private Tally compare(BufferedReader lines, ServiceReplay replay, Runnable turn)
      throws IOException {
    Tally tally = new Tally();
    PriorityQueue<Trial> later = new PriorityQueue<>(Comparator.comparingLong(Trial::bound));
    Served next = next(lines, replay);
    while (next != null || !later.isEmpty()) {
      Trial trial;
      Trial waiting = later.peek();
      if (next != null && (waiting == null || next.read().journalSeq() <= waiting.bound())) {
        trial = new Trial(next, next.read().journalSeq());
        next = next(lines, replay);
      } else {
        trial = later.remove();
      }
      ServedReads.Read read = trial.served().read();
      Optional<ServiceReplay.Call> call = trial.served().call();
      if (call.isEmpty()) {
        tally.skip(1);
        continue;
      }
      List<String> replayed = replay.read(call.get(), read.readMicros(), trial.bound());
      boolean equal = replayed.equals(read.values());
      if (!equal && trial.bound() < read.laterSeq()) {
        later.add(new Trial(trial.served(), trial.bound() + 1));
      } else if (replayed.size() != read.values().size()
          || (!equal && views.size() > 1 && read.journalSeq() < read.laterSeq())) {
        // Its views may have been read at different places of the journal.
        tally.skip(1);
      } else {
        tally.add(read, read.status(), replayed, _ -> List.of());
        turn.run();
      }
    }
    return tally;
  }

  private static @Nullable Served next(BufferedReader lines, ServiceReplay replay)
      throws IOException {
    String text = lines.readLine();
    if (text == null) {
      return null;
    }
    JsonNode line = JSON.readTree(text);
    Map<String, String> request = texts(line.get(4));
    List<String> shown = new ArrayList<>();
    request.forEach((name, json) -> shown.add(name + "=" + json));
    ServedReads.Read read =
        new ServedReads.Read(
            line.get(0).asString(""),
            line.get(1).asLong(),
            line.get(2).asLong(),
            line.get(3).asLong(),
            shown,
            ReadStatus.PRESENT.name(),
            ServedReads.texts(line.get(5)),
            ServedReads.texts(line.get(6)));
    return new Served(read, replay.call(request));
  }

  private static Map<String, String> texts(JsonNode map) {
    Map<String, String> texts = new LinkedHashMap<>();
    map.properties().forEach(one -> texts.put(one.getKey(), one.getValue().asString("")));
    return texts;
  }
}

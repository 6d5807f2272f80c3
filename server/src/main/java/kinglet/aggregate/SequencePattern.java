// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A pattern of `sequenceMatch`: `(?N)` an event for which condition N holds, `.` any event, `.*`
/// any number of them, `(?t<=60)` that the next event is so long after the one before. Immutable.
final class SequencePattern {
  static final int STEPS_MAX = 64;
  private static final Pattern STEP =
      Pattern.compile("\\(\\?t(<=|>=|<|>|==)(\\d{1,18})\\)|\\(\\?(\\d{1,3})\\)|(\\.\\*)|(\\.)");

  private sealed interface Step {
    record Holds(int condition) implements Step {}

    record AnyOne() implements Step {}

    record AnyMany() implements Step {}

    record After(String comparison, long time) implements Step {}
  }

  private final List<Step> steps;

  private SequencePattern(List<Step> steps) {
    this.steps = List.copyOf(steps);
  }

  static SequencePattern parse(Call call, String text, int conditions) {
    List<Step> steps = new ArrayList<>();
    Matcher matcher = STEP.matcher(text);
    int at = 0;
    while (at < text.length()) {
      if (!matcher.find(at) || matcher.start() != at || steps.size() == STEPS_MAX) {
        throw call.refusedParameters(
            "takes a pattern of at most "
                + STEPS_MAX
                + " steps (?N), (?t<=seconds), . and .*; it is something else from character "
                + (at + 1)
                + " on");
      }
      steps.add(step(call, matcher, conditions));
      at = matcher.end();
    }
    if (steps.isEmpty()) {
      throw call.refusedParameters("takes a pattern with at least one step");
    }
    return new SequencePattern(steps);
  }

  private static Step step(Call call, Matcher matcher, int conditions) {
    if (matcher.group(1) != null) {
      return new Step.After(matcher.group(1), Long.parseLong(matcher.group(2)));
    }
    if (matcher.group(3) != null) {
      int condition = Integer.parseInt(matcher.group(3));
      if (condition < 1 || condition > conditions) {
        throw call.refusedParameters(
            "has no condition " + condition + ", but those from 1 to " + conditions);
      }
      return new Step.Holds(condition - 1);
    }
    return matcher.group(4) != null ? new Step.AnyMany() : new Step.AnyOne();
  }

  /// Where the first match that begins at an event or after it ends; -1 if there is none.
  int match(Timeline events, int from) {
    // States that were seen to lead nowhere, by step, event, and which event time counts from.
    BitSet hopeless = new BitSet();
    for (int start = from; start < events.size(); start++) {
      int end = match(events, 0, start, start, hopeless);
      if (end >= 0) {
        return end;
      }
    }
    return -1;
  }

  /// @param next the event to be looked at
  /// @param base the event that time is counted from: `next` itself or the one before it
  private int match(Timeline events, int step, int next, int base, BitSet hopeless) {
    if (step == steps.size()) {
      return next;
    }
    if (next == events.size()) {
      return steps.subList(step, steps.size()).stream().allMatch(Step.AnyMany.class::isInstance)
          ? next
          : -1;
    }
    int state = (step * (events.size() + 1) + next) * 2 + (next - base);
    if (hopeless.get(state)) {
      return -1;
    }
    int end = -1;
    switch (steps.get(step)) {
      case Step.Holds(int condition) -> {
        if ((events.bits(next) >> condition & 1) == 1) {
          end = match(events, step + 1, next + 1, next, hopeless);
        }
      }
      case Step.AnyOne() -> end = match(events, step + 1, next + 1, next, hopeless);
      case Step.AnyMany() -> {
        for (int at = next; at < events.size() && end < 0; at++) {
          end = match(events, step + 1, at, at, hopeless);
        }
      }
      case Step.After(String comparison, long time) -> {
        for (int at = next; at < events.size() && end < 0; at++) {
          if (holds(comparison, events.micros(at) - events.micros(base), time)) {
            end = match(events, step + 1, at, at, hopeless);
          }
        }
      }
    }
    if (end < 0) {
      hopeless.set(state);
    }
    return end;
  }

  private static boolean holds(String comparison, long passed, long time) {
    return switch (comparison) {
      case "<=" -> passed <= time;
      case ">=" -> passed >= time;
      case "<" -> passed < time;
      case ">" -> passed > time;
      default -> passed == time;
    };
  }
}

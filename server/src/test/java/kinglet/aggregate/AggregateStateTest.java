// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import kinglet.error.PlatformException;
import kinglet.testkit.Seed;
import kinglet.type.Bytes;
import kinglet.value.Slot;
import org.junit.jupiter.api.Test;

/// The bytes of states: the same for ever, and refused when they are damaged.
final class AggregateStateTest {
  private static final Path GOLDEN = Path.of("src/test/resources/kinglet/aggregate/states.txt");
  private static final Seed SEED = Seed.next();

  private static Stream<String> calls() {
    return Stream.concat(
        AggregateFunctions.all().stream().map(AggregateFunction::example),
        Stream.of(
            "argMin(item, item)",
            "argMax(amount, item)",
            "max(item)",
            "anyLast(tags)",
            "uniqExact(amount)",
            "uniq(tags, vector)",
            "avgForEach(vector)",
            "groupArrayMap(2)(tags)",
            "sumMap(vector, vector)"));
  }

  private static byte[] bytes(Aggregate aggregate, States states) {
    Bytes bytes = new Bytes(64);
    for (int i = 0; i < aggregate.words(); i++) {
      bytes.putLong(states.word(0, i));
    }
    Object held = aggregate.hasObject() ? states.object(0, 0) : null;
    if (held != null) {
      aggregate.writeObject(held, bytes);
    }
    return bytes.toArray();
  }

  @Test
  void theirBytesStayTheSame() throws IOException {
    StringBuilder golden = new StringBuilder();
    for (String call : calls().toList()) {
      Examples.Example example = Examples.Example.of(call);
      Aggregate aggregate = example.bind();
      byte[] bytes = bytes(aggregate, Examples.state(example, aggregate));
      golden.append(call).append(" = ").append(HexFormat.of().formatHex(bytes)).append('\n');
    }
    if (Boolean.getBoolean("golden.write")) {
      Files.createDirectories(GOLDEN.getParent());
      Files.writeString(GOLDEN, golden);
    }
    assertThat(golden.toString()).isEqualTo(Files.readString(GOLDEN));
  }

  @Test
  void damagedBytesAreRefusedOrHarmless() {
    RandomGenerator random = SEED.random();
    for (String call : calls().toList()) {
      Examples.Example example = Examples.Example.of(call);
      Aggregate aggregate = example.bind();
      States states = Examples.state(example, aggregate);
      Object held = aggregate.hasObject() ? states.object(0, 0) : null;
      if (held == null) {
        continue;
      }
      Bytes written = new Bytes(64);
      aggregate.writeObject(held, written);
      for (int i = 0; i < 400; i++) {
        read(call, aggregate, states, damaged(written.toArray(), random));
      }
    }
  }

  private static byte[] damaged(byte[] bytes, RandomGenerator random) {
    return switch (random.nextInt(4)) {
      case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 1 -> Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(20));
      case 2 -> {
        byte[] noise = new byte[random.nextInt(60)];
        random.nextBytes(noise);
        yield noise;
      }
      default -> {
        for (int i = random.nextInt(3); i >= 0; i--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        yield bytes;
      }
    };
  }

  /// What can be read must be a state: it merges, finishes, and has a size.
  private static void read(String call, Aggregate aggregate, States states, byte[] bytes) {
    Object read;
    try {
      read = aggregate.readObject(bytes, 0, bytes.length);
    } catch (PlatformException e) {
      assertThat(e.code()).isEqualTo(AggregateError.CORRUPT_STATE);
      return;
    }
    States damaged = new States(aggregate.words(), 1, 2);
    damaged.set(0, states, 0);
    damaged.set(1, states, 0);
    damaged.setObject(0, 0, read);
    damaged.setObject(1, 0, aggregate.copy(states.object(0, 0)));
    Slot out = new Slot();
    aggregate.finish(damaged, 0, 0, 0, 0, out);
    aggregate.merge(damaged, 1, 0, 0, damaged, 0);
    aggregate.finish(damaged, 1, 0, 0, 0, out);
    assertThat(aggregate.objectBytes(read)).as("%s %s", call, SEED).isBetween(1L, 1L << 20);
  }

  @Test
  void aCopyIsApartFromItsOrigin() {
    for (String call : calls().toList()) {
      Examples.Example example = Examples.Example.of(call);
      Aggregate aggregate = example.bind();
      States states = Examples.state(example, aggregate);
      States copies = new States(aggregate.words(), aggregate.hasObject() ? 1 : 0, 1);
      copies.set(0, states, 0);
      if (aggregate.hasObject()) {
        copies.setObject(0, 0, aggregate.copy(states.object(0, 0)));
      }
      byte[] before = bytes(aggregate, states);
      aggregate.merge(copies, 0, 0, 0, Examples.state(example, aggregate), 0);
      assertThat(bytes(aggregate, states)).as(call).isEqualTo(before);
    }
  }

  @Test
  void aMergeIntoNothingKeepsNoPartOfItsOrigin() {
    for (String call : calls().toList()) {
      Examples.Example example = Examples.Example.of(call);
      Aggregate aggregate = example.bind();
      States origin = Examples.state(example, aggregate);
      byte[] before = bytes(aggregate, origin);
      States into = new States(aggregate.words(), aggregate.hasObject() ? 1 : 0, 1);
      aggregate.merge(into, 0, 0, 0, origin, 0);
      assertThat(bytes(aggregate, into).length).as(call).isEqualTo(before.length);
      aggregate.merge(into, 0, 0, 0, Examples.state(example, aggregate), 0);
      assertThat(bytes(aggregate, origin)).as(call).isEqualTo(before);
    }
  }

  @Test
  void wordsOfStatesAreFew() {
    assertThat(
            List.of(
                Examples.Example.of("sum(score)").bind().words(),
                Examples.Example.of("min(amount)").bind().words(),
                Examples.Example.of("avg(score)").bind().words()))
        .containsExactly(1, 1, 2);
  }
}

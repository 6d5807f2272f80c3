// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import kinglet.error.PlatformException;
import kinglet.testkit.Seed;
import kinglet.type.Block;
import kinglet.type.BlockCodec;
import kinglet.type.Column;
import kinglet.type.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Mutated bodies: nothing is lost, nothing half read stays, nothing but PlatformException is
/// thrown.
@Timeout(60)
final class RowDecoderFuzzTest {
  private static final Schema SCHEMA =
      Schema.of(
          Column.of("id", "UInt32"),
          Column.of("name", "String").at("$.user.name"),
          Column.of("score", "Nullable(Float64)"),
          Column.of("price", "Decimal(10, 2)").withDefault("1.5"),
          Column.of("tags", "Array(LowCardinality(String))").at("$.tags[:]"),
          Column.of("at", "DateTime64(3)").withDefault("now64(3)"),
          Column.of("day", "Nullable(Date)"),
          Column.of("counts", "Map(String, UInt8)").withDefault("map()"),
          Column.of("pair", "Tuple(a UInt8, b String)").withDefault("(1, 'x')"),
          Column.of("doc", "JSON").withDefault("'{}'"),
          Column.of("kind", "Enum8('a' = 1, 'b' = -2)").withDefault("'b'"),
          Column.of("address", "Nullable(IPv6)"),
          Column.of("key", "Nullable(UUID)"));
  private static final String[] ROWS = {
    "{\"id\":1,\"user\":{\"name\":\"x\"},\"tags\":[\"a\",\"b\"],\"score\":1.5e3}",
    "{\"id\":\"2\",\"user\":{\"name\":\"\\u00e9\\\"\\n\"},\"tags\":[],\"day\":\"2024-02-29\"}",
    "{\"id\":3,\"user\":{\"name\":[1,{\"a\":null}]},\"tags\":[null],\"doc\":{\"a\":[1,{\"b\":2}]}}",
    "{\"tags\":[\"q\"],\"at\":\"2024-01-02T03:04:05.678Z\",\"id\":4,\"user\":{\"name\":\"\"},"
        + "\"counts\":{\"x\":1,\"y\":2},\"pair\":{\"a\":1,\"b\":\"z\"},\"kind\":\"a\"}",
    "{\"id\":5,\"price\":-12.345,\"address\":\"::1\",\"user\":{\"name\":\"n\",\"x\":[{}]},"
        + "\"tags\":[\"t\"],\"key\":\"61f0c404-5cb3-11e7-907b-a6006ad3dba0\"}",
    "  { \"id\" : 6 , \"user\" : { \"name\" : true } , \"tags\" : [ \"s\" ] , \"other\" : [[]] } ",
  };
  private static final String[] LINES = {
    "1,x,1.5,2.25,\"['a','b']\",2024-01-02 03:04:05,2024-02-29,\"{'x':1}\",\"(1,'y')\",{},a,::1,",
    "2,\"a \"\"b\"\"\nc\",,,[],,,,,,,,",
    "3,,\\N,1,\"[]\",1700000000,\\N,,,,b,,61f0c404-5cb3-11e7-907b-a6006ad3dba0",
  };
  private static final byte[] SPICE =
      "{}[]\",:\\\n\r\t 0123456789.eE+-ntfu'\u0000abN".getBytes(StandardCharsets.ISO_8859_1);

  @Test
  void ndjsonLosesNoRow() {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    RowDecoder decoder = new RowDecoder(SCHEMA, DecodeLimits.DEFAULTS);
    for (int round = 0; round < 20_000; round++) {
      byte[] body = mutated(random, body(random, ROWS));
      RowDecoder.Decoded decoded;
      try {
        decoded = decoder.ndjson(body);
      } catch (PlatformException e) {
        decoder = new RowDecoder(SCHEMA, DecodeLimits.DEFAULTS);
        continue;
      }
      assertThat(decoded.successfulRows() + decoded.quarantinedRows())
          .as("%s round %d: %s", seed, round, text(body))
          .isBetween(lines(body), Math.max(lines(body), objects(body)));
      check(decoded, seed, body);
      if (!decoder.isReusable()) {
        decoder = new RowDecoder(SCHEMA, DecodeLimits.DEFAULTS);
      }
    }
  }

  @Test
  void aReusedDecoderSaysTheSameAsAFreshOne() {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    RowDecoder reused = new RowDecoder(SCHEMA, DecodeLimits.DEFAULTS);
    for (int round = 0; round < 1_000; round++) {
      byte[] body = mutated(random, body(random, ROWS));
      RowDecoder.Decoded one = reused.ndjson(body);
      List<Long> good = singles(body);
      assertThat(one.successfulRows())
          .as("%s round %d: %s", seed, round, text(body))
          .isEqualTo(good.stream().mapToLong(Long::longValue).sum());
      if (!reused.isReusable()) {
        reused = new RowDecoder(SCHEMA, DecodeLimits.DEFAULTS);
      }
    }
  }

  /// How many rows of each line are good when it comes alone.
  private static List<Long> singles(byte[] body) {
    List<Long> good = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= body.length; i++) {
      if (i == body.length || body[i] == '\n') {
        byte[] line = Arrays.copyOfRange(body, from, i);
        good.add(new RowDecoder(SCHEMA, DecodeLimits.DEFAULTS).ndjson(line).successfulRows());
        from = i + 1;
      }
    }
    return good;
  }

  @Test
  void csvKeepsEveryRowWhole() {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    RowDecoder decoder = new RowDecoder(SCHEMA, DecodeLimits.DEFAULTS);
    for (int round = 0; round < 20_000; round++) {
      byte[] body = mutated(random, body(random, LINES));
      RowDecoder.Decoded decoded = decoder.csv(body, CsvDialect.STANDARD);
      check(decoded, seed, body);
      assertThat(decoded.successfulRows() + decoded.quarantinedRows())
          .as("%s: %s", seed, text(body))
          .isEqualTo(csvRows(body));
      if (!decoder.isReusable()) {
        decoder = new RowDecoder(SCHEMA, DecodeLimits.DEFAULTS);
      }
    }
  }

  @Test
  void mutatedDocumentsStayWhole() {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    RowDecoder decoder = new RowDecoder(SCHEMA, DecodeLimits.DEFAULTS);
    for (int round = 0; round < 10_000; round++) {
      String rows = String.join(",", Arrays.asList(ROWS).subList(0, 1 + random.nextInt(5)));
      byte[] body = mutated(random, ("[" + rows + "]").getBytes(StandardCharsets.UTF_8));
      RowDecoder.Decoded decoded = decoder.json(body);
      check(decoded, seed, body);
      if (!decoder.isReusable()) {
        decoder = new RowDecoder(SCHEMA, DecodeLimits.DEFAULTS);
      }
    }
  }

  @Test
  void deepAndLongBodiesAreBounded() {
    RowDecoder decoder = new RowDecoder(SCHEMA, DecodeLimits.DEFAULTS);
    for (String unit : List.of("[", "{\"a\":", "{\"user\":", "\"", "\\", "[{", "0", "-", " ")) {
      byte[] body =
          ("{\"id\":1,\"tags\":[],\"doc\":" + unit.repeat(500_000))
              .getBytes(StandardCharsets.UTF_8);
      long start = System.nanoTime();
      RowDecoder.Decoded decoded = decoder.ndjson(body);
      assertThat(decoded.quarantinedRows()).as(unit).isEqualTo(1);
      RowDecoder.Decoded unused = decoder.csv(body, CsvDialect.STANDARD);
      unused = decoder.json(body);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }
  }

  /// Blocks check fixed widths themselves; the codec's way there and back checks the rest.
  private static void check(RowDecoder.Decoded decoded, Seed seed, byte[] body) {
    long rows = 0;
    for (Block block : decoded.rows()) {
      rows += block.rows();
      Block back = BlockCodec.decode(SCHEMA, BlockCodec.encode(block));
      assertThat(back.rows()).as("%s: %s", seed, text(body)).isEqualTo(block.rows());
      StreamCheck.check(block);
    }
    assertThat(rows).as("%s: %s", seed, text(body)).isEqualTo(decoded.successfulRows());
    long refused = decoded.quarantine().map(Block::rows).orElse(0);
    assertThat(refused).as("%s: %s", seed, text(body)).isEqualTo(decoded.quarantinedRows());
    decoded.quarantine().ifPresent(StreamCheck::check);
  }

  private static byte[] body(RandomGenerator random, String[] rows) {
    StringBuilder body = new StringBuilder();
    int count = 1 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      body.append(rows[random.nextInt(rows.length)]).append(random.nextInt(5) == 0 ? "\r\n" : "\n");
    }
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] mutated(RandomGenerator random, byte[] body) {
    byte[] mutated = body;
    int times = random.nextInt(4);
    for (int i = 0; i < times && mutated.length > 1; i++) {
      int at = random.nextInt(mutated.length);
      byte spice = SPICE[random.nextInt(SPICE.length)];
      mutated =
          switch (random.nextInt(5)) {
            case 0 -> spliced(mutated, at, at + 1, new byte[0]);
            case 1 -> spliced(mutated, at, at, new byte[] {spice});
            case 2 -> spliced(mutated, at, at + 1, new byte[] {spice});
            case 3 -> spliced(mutated, at, at + 1, new byte[] {(byte) random.nextInt(256)});
            default -> {
              int to = Math.min(mutated.length, at + random.nextInt(20));
              yield random.nextBoolean()
                  ? spliced(mutated, at, to, new byte[0])
                  : spliced(mutated, at, at, Arrays.copyOfRange(mutated, at, to));
            }
          };
    }
    return mutated;
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] with) {
    byte[] result = new byte[from + with.length + bytes.length - to];
    System.arraycopy(bytes, 0, result, 0, from);
    System.arraycopy(with, 0, result, from, with.length);
    System.arraycopy(bytes, to, result, from + with.length, bytes.length - to);
    return result;
  }

  private static long lines(byte[] body) {
    return Arrays.stream(text(body).split("\n")).filter(line -> !line.matches("[ \t\r]*")).count();
  }

  /// No line has more rows than there are ends of objects, and those of a line's other half.
  private static long objects(byte[] body) {
    return lines(body) + text(body).chars().filter(c -> c == '}').count();
  }

  /// The naive model: a line ends at a newline outside quotes; quotes count at a field's start.
  private static long csvRows(byte[] body) {
    String text = text(body);
    long rows = 0;
    int at = 0;
    while (at < text.length()) {
      if (text.charAt(at) == '\n' || text.charAt(at) == '\r') {
        at++;
        continue;
      }
      rows++;
      boolean fieldStart = true;
      while (at < text.length() && text.charAt(at) != '\n') {
        if (fieldStart && text.charAt(at) == '"') {
          int quotes = at + 1;
          while (quotes < text.length()
              && (text.charAt(quotes) != '"' || text.startsWith("\"\"", quotes))) {
            quotes += text.charAt(quotes) == '"' ? 2 : 1;
          }
          at = Math.min(text.length(), quotes + 1);
          fieldStart = false;
        } else {
          fieldStart = text.charAt(at) == ',' || fieldStart && " \t".indexOf(text.charAt(at)) >= 0;
          at++;
        }
      }
    }
    return rows;
  }

  private static String text(byte[] body) {
    return new String(body, StandardCharsets.ISO_8859_1);
  }
}

// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.wire;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kinglet.type.DataType;
import kinglet.value.Slot;

/// Reads the scalars of a request by the types of the columns they are for.
public final class JsonKeys {
  private static final int TEXT_MAX = 400;

  private JsonKeys() {}

  /// Puts what a text means into a slot; `false` if it means nothing of the type.
  ///
  /// @param quoted whether it is a string rather than a number
  public static boolean read(String text, boolean quoted, DataType type, Slot into) {
    try {
      return value(text, quoted, bare(type), into);
    } catch (IllegalArgumentException | ArithmeticException | DateTimeParseException _) {
      return false;
    }
  }

  private static DataType bare(DataType type) {
    return switch (type) {
      case DataType.NullableOf(DataType inner) -> bare(inner);
      case DataType.LowCardinality(DataType inner) -> bare(inner);
      case DataType.SimpleAggregateFunction(String _, DataType inner) -> bare(inner);
      default -> type;
    };
  }

  private static boolean value(String text, boolean quoted, DataType type, Slot into) {
    switch (type) {
      case DataType.Int(int bits, boolean signed) -> {
        BigInteger value = number(text).toBigIntegerExact();
        int available = signed ? bits - 1 : bits;
        if (value.bitLength() > available || (!signed && value.signum() < 0)) {
          return false;
        }
        if (bits > 64) {
          into.setObject(value);
        } else {
          into.setWhole(value.longValue());
        }
        return true;
      }
      case DataType.Float(int bits) -> {
        double value = Double.parseDouble(text);
        into.setReal(bits == 32 ? (float) value : value);
        return true;
      }
      case DataType.Decimal(int precision, int scale) -> {
        BigInteger unscaled = number(text).setScale(scale).unscaledValue();
        if (precision <= 18) {
          into.setWhole(unscaled.longValueExact());
        } else {
          into.setObject(unscaled);
        }
        return true;
      }
      case DataType.Bool _ -> {
        into.setBool(text.equals("true") || text.equals("1"));
        return List.of("true", "false", "0", "1").contains(text);
      }
      case DataType.StringType _ -> {
        into.setText(text);
        return quoted;
      }
      case DataType.FixedString(int width) -> {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        into.setBytes(Arrays.copyOf(bytes, width));
        return quoted && bytes.length <= width;
      }
      case DataType.Uuid _ -> {
        UUID uuid = UUID.fromString(text);
        byte[] bytes = new byte[16];
        for (int i = 0; i < 8; i++) {
          bytes[i] = (byte) (uuid.getMostSignificantBits() >> (8 * i));
          bytes[8 + i] = (byte) (uuid.getLeastSignificantBits() >> (8 * i));
        }
        into.setBytes(bytes);
        return quoted;
      }
      case DataType.Date _, DataType.Date32 _ -> {
        into.setWhole(quoted ? LocalDate.parse(text).toEpochDay() : Long.parseLong(text));
        return true;
      }
      case DataType.DateTime(String zone) -> {
        into.setWhole(quoted ? time(text, zone).getEpochSecond() : Long.parseLong(text));
        return true;
      }
      case DataType.DateTime64(int precision, String zone) -> {
        Instant time = quoted ? time(text, zone) : Instant.ofEpochSecond(Long.parseLong(text));
        into.setWhole(
            new BigDecimal(time.getEpochSecond())
                .add(BigDecimal.valueOf(time.getNano(), 9))
                .movePointRight(precision)
                .longValueExact());
        return true;
      }
      case DataType.Enum(int _, List<DataType.EnumEntry> entries) -> {
        Optional<DataType.EnumEntry> entry =
            entries.stream().filter(one -> one.name().equals(text)).findFirst();
        into.setWhole(entry.map(DataType.EnumEntry::value).orElse(0));
        return entry.isPresent();
      }
      default -> {
        return false;
      }
    }
  }

  /// A number that is not made of more digits than any type has.
  private static BigDecimal number(String text) {
    if (text.length() > TEXT_MAX) {
      throw new NumberFormatException("too long");
    }
    BigDecimal number = new BigDecimal(text);
    if (Math.abs((long) number.scale()) > TEXT_MAX) {
      throw new NumberFormatException("too far from 1");
    }
    return number;
  }

  /// A time with an offset, or a local one of the column's zone.
  private static Instant time(String text, @org.jspecify.annotations.Nullable String zone) {
    String iso = text.replace(' ', 'T');
    boolean offset = iso.endsWith("Z") || iso.matches(".*[+-][0-9]{2}:?[0-9]{2}$");
    return offset && iso.length() > 19
        ? OffsetDateTime.parse(iso).toInstant()
        : LocalDateTime.parse(iso)
            .atZone(zone == null ? ZoneOffset.UTC : ZoneId.of(zone))
            .toInstant();
  }
}

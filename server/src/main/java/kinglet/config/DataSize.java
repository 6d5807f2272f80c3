// SPDX-License-Identifier: Apache-2.0
package kinglet.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A number of bytes, written with a binary unit: `512B`, `64KiB`, `10MiB`, `2GiB`.
public record DataSize(long bytes) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,18})\\s*(B|KiB|MiB|GiB|TiB)");
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  public DataSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size is not negative");
    }
  }

  @JsonCreator
  public static DataSize parse(String text) {
    Matcher form = FORM.matcher(text.strip());
    if (!form.matches()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "'%s' is not a size; write a whole number and B, KiB, MiB, GiB or TiB, "
                  + "such as 10MiB",
              text));
    }
    long factor = 1;
    for (String unit : UNITS) {
      if (unit.equals(form.group(2))) {
        break;
      }
      factor *= 1024;
    }
    return new DataSize(Math.multiplyExact(Long.parseLong(form.group(1)), factor));
  }

  @JsonValue
  @Override
  public String toString() {
    long amount = bytes;
    int unit = 0;
    while (amount != 0 && amount % 1024 == 0 && unit < UNITS.length - 1) {
      amount /= 1024;
      unit++;
    }
    return amount + UNITS[unit];
  }
}

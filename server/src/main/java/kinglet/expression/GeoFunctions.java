// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import com.uber.h3core.H3Core;
import java.io.IOException;
import java.io.UncheckedIOException;

/// Places on the earth.
final class GeoFunctions {
  private static final double EARTH_RADIUS = 6_371_007.18;
  private static final String DIGITS = "0123456789bcdefghjkmnpqrstuvwxyz";
  private static final int PRECISION_MAX = 12;

  private static final int RESOLUTION_MAX = 15;

  private GeoFunctions() {}

  /// H3's own library, unpacked and loaded when it is first used.
  private static final class Cells {
    static final H3Core H3 = load();

    private static H3Core load() {
      try {
        return H3Core.newInstance();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static FunctionGroup group() {
    return new FunctionGroup("Geography")
        .add(
            "greatCircleDistance",
            "greatCircleDistance(lon1, lat1, lon2, lat2)",
            "Metres between two places given in degrees, on a sphere of 6371 km. ClickHouse looks"
                + " sines up in tables and takes shorter ways flat: its values differ from these by"
                + " up to two thousandths.",
            "round(greatCircleDistance(13.4, 52.5, 2.35, 48.86), -4)",
            GeoFunctions::distance)
        .add(
            "geohashEncode",
            "geohashEncode(lon, lat[, precision])",
            "The geohash of a place given in degrees, of 1 to 12 characters (default 12).",
            "geohashEncode(-5.60302734375, 42.593994140625, 5)",
            GeoFunctions::geohash)
        .add(
            "geoToH3",
            "geoToH3(lat, lon, resolution)",
            "The H3 cell of a place given in degrees, at a resolution from 0 to 15; NULL where there"
                + " is none.",
            "geoToH3(55.71290588, 37.79506683, 15)",
            GeoFunctions::cell)
        .add(
            "h3ToString",
            "h3ToString(cell)",
            "The hexadecimal text of an H3 cell; NULL for what is none.",
            "h3ToString(geoToH3(55.71290588, 37.79506683, 9))",
            GeoFunctions::cellText)
        .add(
            "h3ToParent",
            "h3ToParent(cell, resolution)",
            "The H3 cell of a coarser resolution that contains the cell; NULL where there is none.",
            "h3ToParent(geoToH3(55.71290588, 37.79506683, 9), 3)",
            GeoFunctions::cellParent)
        .add(
            "h3GetResolution",
            "h3GetResolution(cell)",
            "The resolution of an H3 cell, 0 to 15; NULL for what is none.",
            "h3GetResolution(geoToH3(55.71290588, 37.79506683, 9))",
            GeoFunctions::cellResolution);
  }

  private static Numbers.Real degrees(Arguments arguments, int index) {
    if (!Types.isFloat(arguments.type(index))) {
      throw arguments.wrongType(index, "a float");
    }
    return Numbers.real(arguments.type(index));
  }

  private static void checkFloat64(Arguments arguments, int index) {
    if (!arguments.type(index).equals(Types.FLOAT64)) {
      throw arguments.wrongType(index, "a Float64");
    }
  }

  private static Bound distance(Arguments arguments) {
    arguments.count(4);
    for (int i = 0; i < 4; i++) {
      checkFloat64(arguments, i);
    }
    return Bound.of(
        Types.FLOAT64,
        (in, out) -> {
          double lat1 = Math.toRadians(in[1].real());
          double lat2 = Math.toRadians(in[3].real());
          double lat = Math.sin((lat2 - lat1) / 2);
          double lon = Math.sin(Math.toRadians(in[2].real() - in[0].real()) / 2);
          double half = lat * lat + Math.cos(lat1) * Math.cos(lat2) * lon * lon;
          out.setReal(2 * EARTH_RADIUS * Math.asin(Math.sqrt(Math.min(1, half))));
        });
  }

  private static void checkCell(Arguments arguments) {
    if (!arguments.type(0).equals(Types.UINT64)) {
      throw arguments.wrongType(0, "an UInt64");
    }
  }

  private static Operation ofCell(Operation operation) {
    return (in, out) -> {
      if (Cells.H3.isValidCell(in[0].whole())) {
        operation.apply(in, out);
      } else {
        out.setNull();
      }
    };
  }

  private static void checkResolution(Arguments arguments, int index) {
    if (!arguments.type(index).equals(Types.UINT8)) {
      throw arguments.wrongType(index, "an UInt8");
    }
  }

  private static Bound cell(Arguments arguments) {
    arguments.count(3);
    for (int i = 0; i < 2; i++) {
      checkFloat64(arguments, i);
    }
    checkResolution(arguments, 2);
    return Bound.of(
        Types.UINT64,
        (in, out) -> {
          double y = in[0].real();
          double x = in[1].real();
          int resolution = (int) in[2].whole();
          if (resolution > RESOLUTION_MAX || !Double.isFinite(x) || !Double.isFinite(y)) {
            out.setNull();
          } else {
            out.setWhole(Cells.H3.latLngToCell(y, x, resolution));
          }
        });
  }

  private static Bound cellText(Arguments arguments) {
    arguments.count(1);
    checkCell(arguments);
    return Bound.of(
        Types.STRING, ofCell((in, out) -> out.setText(Long.toHexString(in[0].whole()))));
  }

  private static Bound cellParent(Arguments arguments) {
    arguments.count(2);
    checkCell(arguments);
    checkResolution(arguments, 1);
    return Bound.of(
        Types.UINT64,
        ofCell((in, out) -> {
          long cell = in[0].whole();
          int resolution = (int) in[1].whole();
          if (resolution > Cells.H3.getResolution(cell)) {
            out.setNull();
          } else {
            out.setWhole(Cells.H3.cellToParent(cell, resolution));
          }
        }));
  }

  private static Bound cellResolution(Arguments arguments) {
    arguments.count(1);
    checkCell(arguments);
    return Bound.of(
        Types.UINT8, ofCell((in, out) -> out.setWhole(Cells.H3.getResolution(in[0].whole()))));
  }

  private static Bound geohash(Arguments arguments) {
    arguments.count(2, 3);
    Numbers.Real lon = degrees(arguments, 0);
    Numbers.Real lat = degrees(arguments, 1);
    long wanted = arguments.size() == 3 ? arguments.whole(2) : PRECISION_MAX;
    int precision = wanted < 1 || wanted > PRECISION_MAX ? PRECISION_MAX : (int) wanted;
    return new Bound(
        Types.STRING,
        () -> {
          ByteText text = new ByteText();
          return (in, out) -> {
            double x = lon.read(in[0]);
            double y = lat.read(in[1]);
            text.clear();
            encode(x, y, precision, text);
            text.into(out);
          };
        });
  }

  private static void encode(double lon, double lat, int precision, ByteText text) {
    double west = -180;
    double east = 180;
    double south = -90;
    double north = 90;
    boolean across = true;
    for (int i = 0; i < precision; i++) {
      int digit = 0;
      for (int bit = 0; bit < 5; bit++) {
        if (across) {
          double middle = (west + east) / 2;
          boolean high = lon >= middle;
          digit = digit << 1 | (high ? 1 : 0);
          west = high ? middle : west;
          east = high ? east : middle;
        } else {
          double middle = (south + north) / 2;
          boolean high = lat >= middle;
          digit = digit << 1 | (high ? 1 : 0);
          south = high ? middle : south;
          north = high ? north : middle;
        }
        across = !across;
      }
      text.add(DIGITS.charAt(digit));
    }
  }
}

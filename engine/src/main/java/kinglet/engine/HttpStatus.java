// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

/// The status ClickHouse's HTTP interface gives to a failure's number.
final class HttpStatus {
  private HttpStatus() {}

  static int of(int code) {
    return switch (code) {
      // Parsing and types.
      case 6,
          26,
          27,
          32,
          36,
          38,
          41,
          43,
          44,
          49,
          53,
          62,
          69,
          70,
          72,
          117,
          130,
          131,
          321,
          339,
          457 ->
          400;
      case 192, 193, 194, 497, 516 -> 403;
      // Unknown things.
      case 8, 16, 46, 47, 50, 56, 60, 73, 78, 81, 115 -> 404;
      case 159, 209 -> 408;
      case 290 -> 413;
      case 48 -> 501;
      case 202, 203, 439 -> 503;
      default -> 500;
    };
  }
}

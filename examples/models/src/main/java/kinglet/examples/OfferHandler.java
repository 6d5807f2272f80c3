// SPDX-License-Identifier: Apache-2.0
package kinglet.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import kinglet.client.KingletClient;
import kinglet.client.KingletException;
import kinglet.client.Row;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// `GET /offer`: reads the features of a cart as they are now, and decides.
final class OfferHandler implements HttpHandler {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final KingletClient kinglet;
  private final Offers offers;

  OfferHandler(KingletClient kinglet, Offers offers) {
    this.kinglet = kinglet;
    this.offers = offers;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        Map<String, String> given = parameters(exchange);
        String user = given(given, "user_id");
        String item = given(given, "item_id");
        answer(exchange, 200, offer(user, item, number(given, "cart_value")));
      } catch (IllegalArgumentException e) {
        answer(exchange, 400, Map.of("error", String.valueOf(e.getMessage())));
      } catch (KingletException e) {
        answer(exchange, 502, Map.of("error", String.valueOf(e.getMessage())));
      }
    }
  }

  /// What the cart of a shopper gets, and how long it took to say so.
  Map<String, Object> offer(String user, String item, double value) {
    long start = System.nanoTime();
    Row features =
        kinglet
            .features("checkout_offer")
            .key("user_id", List.of(user))
            .key("item_id", List.of(item))
            .parameter("cart_value", List.of(value))
            .read()
            .row(0);
    long read = System.nanoTime();
    Offers.Decision decision = offers.decide(features.values());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("user_id", user);
    answer.put("item_id", item);
    answer.put("given_up", decision.givenUp());
    answer.put("offer", decision.offer().name().toLowerCase(Locale.ROOT));
    answer.put("features_millis", (read - start) / 1e6);
    answer.put("model_millis", (System.nanoTime() - read) / 1e6);
    return answer;
  }

  private static double number(Map<String, String> parameters, String name) {
    String text = given(parameters, name);
    try {
      double value = Double.parseDouble(text);
      if (Double.isFinite(value) && value >= 0) {
        return value;
      }
    } catch (NumberFormatException notOne) {
      // Said below.
    }
    throw new IllegalArgumentException("'" + name + "' is no amount: '" + text + "'");
  }

  private static String given(Map<String, String> parameters, String name) {
    String value = parameters.get(name);
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException("'" + name + "' is missing");
    }
    return value;
  }

  private static Map<String, String> parameters(HttpExchange exchange) {
    Map<String, String> parameters = new LinkedHashMap<>();
    @Nullable String query = exchange.getRequestURI().getRawQuery();
    if (query != null) {
      for (String pair : query.split("&", -1)) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        parameters.put(
            URLDecoder.decode(name, StandardCharsets.UTF_8),
            URLDecoder.decode(value, StandardCharsets.UTF_8));
      }
    }
    return parameters;
  }

  private static void answer(HttpExchange exchange, int status, Map<String, Object> body)
      throws IOException {
    byte[] bytes = MAPPER.writeValueAsBytes(body);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.LinkedHashMap;
import java.util.Map;
import kinglet.error.PlatformException;

/// How a failure looks on the wire; chosen by the group a route belongs to.
sealed interface ErrorRendering {
  String contentType();

  Map<String, Object> body(PlatformException failure, int status, String message, String requestId);

  /// Problem details of RFC 9457, on our own routes.
  record Problem() implements ErrorRendering {
    @Override
    public String contentType() {
      return "application/problem+json";
    }

    @Override
    public Map<String, Object> body(
        PlatformException failure, int status, String message, String requestId) {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("type", documentation(failure));
      body.put("title", failure.code().code().replace('-', ' '));
      body.put("status", status);
      body.put("detail", message);
      body.put("instance", requestId);
      body.put("code", failure.code().code());
      failure.details().forEach(body::putIfAbsent);
      return body;
    }
  }

  /// What Tinybird's clients read.
  record Compatible() implements ErrorRendering {
    @Override
    public String contentType() {
      return Json.TYPE;
    }

    @Override
    public Map<String, Object> body(
        PlatformException failure, int status, String message, String requestId) {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("error", message);
      body.put("documentation", documentation(failure));
      body.put("code", failure.code().code());
      failure.details().forEach(body::putIfAbsent);
      return body;
    }
  }

  private static String documentation(PlatformException failure) {
    return "docs/reference/errors.md#" + failure.code().code();
  }
}

// SPDX-License-Identifier: Apache-2.0
package kinglet.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.util.Base64URL;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Pattern;
import kinglet.error.PlatformException;
import tools.jackson.databind.JsonNode;

/// Signed tokens that say themselves what they allow. Any thread may call.
///
/// HS256 alone is understood, whatever a token's header asks for, with the text of the workspace's
/// admin token as key: applications that have it sign for themselves, and refreshing it ends all.
public final class Jwts {
  /// How far the clock of a signer may be from ours.
  private static final Duration SKEW = Duration.ofSeconds(10);

  private static final int TEXT_LENGTH_MAX = 8_192;
  private static final Pattern FORM = Pattern.compile("[\\w-]+\\.[\\w-]+\\.[\\w-]+");

  private final Tokens tokens;
  private final InstantSource clock;

  public Jwts(Tokens tokens, InstantSource clock) {
    this.tokens = tokens;
    this.clock = clock;
  }

  /// The token a JWT stands for; empty when the text is none that this server's keys signed.
  public Optional<Token> authenticate(String text) {
    return verified(text).map(payload -> token(text, payload));
  }

  /// Signs what `claims` say.
  public Secret sign(JwtClaims claims) {
    if (claims.expiresAt() <= clock.millis() / 1_000.0) {
      throw new PlatformException(
          AuthError.INVALID_JWT, "invalid JWT: its expiration time has passed already");
    }
    JWSObject object =
        new JWSObject(new JWSHeader(JWSAlgorithm.HS256), new Payload(claims.payload()));
    try {
      object.sign(new MACSigner(key(tokens.workspaceAdmin(claims.workspaceId()))));
    } catch (JOSEException e) {
      throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
    }
    String text = object.serialize();
    if (text.length() > TEXT_LENGTH_MAX) {
      throw new PlatformException(
          AuthError.INVALID_JWT,
          "invalid JWT: it would be longer than "
              + TEXT_LENGTH_MAX
              + " characters; give it fewer scopes");
    }
    return new Secret(text);
  }

  private Optional<JsonNode> verified(String text) {
    if (text.length() > TEXT_LENGTH_MAX || !FORM.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      JWSObject object = JWSObject.parse(text);
      if (!JWSAlgorithm.HS256.equals(object.getHeader().getAlgorithm()) || !isPlain(object)) {
        return Optional.empty();
      }
      Optional<JsonNode> payload = JwtClaims.document(object.getPayload().toBytes());
      Optional<Token> signer =
          payload
              .map(document -> document.path("workspace_id").asString(""))
              .flatMap(tokens::findWorkspaceAdmin);
      return signer.isPresent() && object.verify(new MACVerifier(key(signer.get())))
          ? payload
          : Optional.empty();
    } catch (ParseException | IllegalArgumentException | IllegalStateException _) {
      return Optional.empty();
    } catch (JOSEException _) {
      // A header this verifier does not understand, such as one declared critical.
      return Optional.empty();
    }
  }

  /// Whether the signature is written the one way its bytes are written.
  private static boolean isPlain(JWSObject object) {
    Base64URL signature = object.getSignature();
    return Base64URL.encode(signature.decode()).equals(signature);
  }

  private Token token(String text, JsonNode payload) {
    JwtClaims claims = claims(payload);
    Instant now = clock.instant();
    double seconds = now.toEpochMilli() / 1_000.0;
    if (claims.expiresAt() + SKEW.toSeconds() <= seconds) {
      throw new PlatformException(
          AuthError.TOKEN_EXPIRED,
          "the JWT '"
              + claims.name()
              + "' expired at "
              + Instant.ofEpochSecond((long) Math.max(0, claims.expiresAt()))
              + "; sign a new one");
    }
    if (claims.notBefore() - SKEW.toSeconds() > seconds) {
      throw new PlatformException(
          AuthError.INVALID_TOKEN, "invalid JWT: its time 'nbf' has not come yet");
    }
    return new Token(
        "jwt " + claims.workspaceId() + " " + claims.name(),
        claims.workspaceId(),
        claims.name(),
        "",
        claims.scopes(),
        new Secret(text),
        Token.Origin.JWT,
        claims.requestsPerSecond(),
        now,
        now);
  }

  /// What is wrong with a caller's own token is no mistake in its request.
  private static JwtClaims claims(JsonNode payload) {
    try {
      return JwtClaims.read(payload);
    } catch (PlatformException e) {
      throw new PlatformException(AuthError.INVALID_TOKEN, e.text(), e);
    }
  }

  private static byte[] key(Token admin) {
    return admin.secret().reveal().getBytes(StandardCharsets.UTF_8);
  }
}

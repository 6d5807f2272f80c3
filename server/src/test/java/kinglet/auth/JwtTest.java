// SPDX-License-Identifier: Apache-2.0
package kinglet.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import kinglet.database.Database;
import kinglet.error.PlatformException;
import kinglet.testkit.Seed;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// JWTs made by hand, with nothing but the JDK, as applications and attackers make them.
final class JwtTest {
  private static final String WORKSPACE = "7f0b1f0e-0000-4000-8000-000000000001";
  private static final String OTHER = "7f0b1f0e-0000-4000-8000-000000000002";
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final String HS256 = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
  private static final String SCOPES = "[{\"type\":\"PIPES:READ\",\"resource\":\"top\"}]";

  @TempDir static Path folder;

  private static Database database;
  private static Tokens tokens;
  private static Jwts jwts;

  @BeforeAll
  static void open() {
    database = Database.open(folder.resolve("catalogue.sqlite"));
    SecureRandom random = new SecureRandom();
    SecretKeys keys = SecretKeys.open(folder.resolve("token.key"), random);
    tokens = new Tokens(database, keys, () -> NOW, "local");
    tokens.ensureDefaults(WORKSPACE);
    tokens.ensureDefaults(OTHER);
    jwts = new Jwts(tokens, () -> NOW);
  }

  @AfterAll
  static void close() {
    database.close();
  }

  private static String key() {
    return tokens.workspaceAdmin(WORKSPACE).secret().reveal();
  }

  private static String claims(String more) {
    return "{\"workspace_id\":\"%s\",\"name\":\"n\",\"exp\":%d%s}"
        .formatted(WORKSPACE, NOW.getEpochSecond() + 60, more);
  }

  private static String good() {
    return claims(",\"scopes\":" + SCOPES);
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String encode(String text) {
    return encode(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] mac(String algorithm, String key, String text) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), algorithm));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String signed(String header, String payload, String key) {
    String text = encode(header) + "." + encode(payload);
    return text + "." + encode(mac("HmacSHA256", key, text));
  }

  private static String signed(String payload) {
    return signed(HS256, payload, key());
  }

  @Test
  void whatAnApplicationSignsIsATokenOfItsWorkspace() {
    String text =
        signed(
            claims(
                """
                ,"limits":{"rps":7},"scopes":[
                {"type":"PIPES:READ","resource":"top","fixed_params":{"org":"a","n":5,"ids":[1,2]}},
                {"type":"DATASOURCES:READ","resource":"events","filter":"org = 'a'"},
                {"type":"DATASOURCES:APPEND","resource":"events"}]\
                """));
    Token token = jwts.authenticate(text).orElseThrow();
    assertThat(token.workspaceId()).isEqualTo(WORKSPACE);
    assertThat(token.name()).isEqualTo("n");
    assertThat(token.requestsPerSecond()).hasValue(7);
    assertThat(token.admin()).isFalse();
    assertThat(token.scopes())
        .containsExactly(
            new Scope.ReadPipe(
                "top",
                Optional.empty(),
                Map.of("org", List.of("a"), "n", List.of("5"), "ids", List.of("1", "2"))),
            new Scope.ReadDataSource("events", Optional.of("org = 'a'")),
            new Scope.AppendDataSource("events"));
  }

  @Test
  void whatIsSignedHereIsUnderstoodHere() {
    JwtClaims claims =
        new JwtClaims(
            WORKSPACE,
            "for a \"screen\"",
            Double.NEGATIVE_INFINITY,
            NOW.getEpochSecond() + 1,
            Set.of(
                new Scope.ReadPipe(
                    "top", Optional.empty(), Map.of("a", List.of("1"), "b", List.of("x", "y")))),
            OptionalInt.of(3));
    String text = jwts.sign(claims).reveal();
    assertThat(text).startsWith("eyJ");
    Token token = jwts.authenticate(text).orElseThrow();
    assertThat(token.scopes()).isEqualTo(claims.scopes());
    assertThat(token.name()).isEqualTo(claims.name());
    assertThat(token.requestsPerSecond()).hasValue(3);
    String[] parts = text.split("\\.");
    assertThat(parts[2]).isEqualTo(encode(mac("HmacSHA256", key(), parts[0] + "." + parts[1])));
  }

  @Test
  void tokensOfOneNameShareTheirRate() {
    String one = signed(good());
    String other = signed(claims(",\"scopes\":" + SCOPES + ",\"jti\":\"another\""));
    assertThat(jwts.authenticate(one).orElseThrow().id())
        .isEqualTo(jwts.authenticate(other).orElseThrow().id());
  }

  @Test
  void refreshingTheAdminTokenEndsEveryJwt() {
    String text = signed(good());
    assertThat(jwts.authenticate(text)).isPresent();
    Token refreshed = tokens.refresh(WORKSPACE, Tokens.WORKSPACE_ADMIN);
    assertThat(jwts.authenticate(text)).isEmpty();
    assertThat(jwts.authenticate(signed(HS256, good(), refreshed.secret().reveal()))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(longs = {-9, -1, 0, 1, 3_000_000_000_000L})
  void clocksMayDifferALittle(long seconds) {
    assertThat(jwts.authenticate(signed(expiring(NOW.getEpochSecond() + seconds)))).isPresent();
  }

  @Test
  void anExpiredTokenSaysWhenItEnded() {
    assertThatThrownBy(() -> jwts.authenticate(signed(expiring(NOW.getEpochSecond() - 10))))
        .isInstanceOfSatisfying(
            PlatformException.class, e -> assertThat(e.code()).isEqualTo(AuthError.TOKEN_EXPIRED))
        .hasMessageContaining("expired at 2026-01-02T03:03:55Z");
  }

  private static String expiring(long exp) {
    return "{\"workspace_id\":\"%s\",\"name\":\"n\",\"exp\":%d,\"scopes\":%s}"
        .formatted(WORKSPACE, exp, SCOPES);
  }

  /// A header's wish is never followed: the key fits HS256 alone.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "none",
        "None",
        "NONE",
        "nOnE",
        "HS384",
        "HS512",
        "RS256",
        "PS256",
        "ES256",
        "EdDSA",
        "hs256",
        "HS256 ",
        "HmacSHA256",
        "dir",
        "A256KW",
        ""
      })
  void noOtherAlgorithm(String algorithm) {
    String header = "{\"alg\":\"" + algorithm + "\",\"typ\":\"JWT\"}";
    String text = encode(header) + "." + encode(good());
    List<String> signatures = new ArrayList<>(List.of("", "AA", encode("none")));
    for (String mac : List.of("HmacSHA256", "HmacSHA384", "HmacSHA512")) {
      signatures.add(encode(mac(mac, key(), text)));
    }
    for (String signature : signatures) {
      assertThat(jwts.authenticate(text + "." + signature)).as(algorithm).isEmpty();
    }
  }

  @Test
  void aSignatureByAPublicKeyInTheHeaderIsRefused() throws GeneralSecurityException {
    KeyPair pair = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    String publicKey = Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
    for (String alg : List.of("RS256", "HS256")) {
      String header =
          "{\"alg\":\"%s\",\"jwk\":{\"kty\":\"oct\",\"k\":\"%s\"},\"x5c\":[\"%s\"]}"
              .formatted(alg, encode(publicKey), publicKey);
      String text = encode(header) + "." + encode(good());
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(pair.getPrivate());
      signature.update(text.getBytes(StandardCharsets.UTF_8));
      assertThat(jwts.authenticate(text + "." + encode(signature.sign()))).isEmpty();
      assertThat(jwts.authenticate(text + "." + encode(mac("HmacSHA256", publicKey, text))))
          .isEmpty();
    }
  }

  static Stream<String> headers() {
    return Stream.of(
        "{\"alg\":\"HS256\",\"crit\":[\"exp\"],\"exp\":1}",
        "{\"alg\":\"HS256\",\"b64\":false,\"crit\":[\"b64\"]}",
        "{\"alg\":\"HS256\",\"alg\":\"none\"}",
        "{\"alg\":[\"HS256\"]}",
        "{\"alg\":null}",
        "{\"typ\":\"JWT\"}",
        "[]",
        "",
        "\"HS256\"");
  }

  @ParameterizedTest
  @MethodSource("headers")
  void headersThatAreNotPlainAreRefused(String header) {
    assertThat(jwts.authenticate(signed(header, good(), key()))).isEmpty();
  }

  @Test
  void aDeepHeaderEndsWell() {
    String deep = "[".repeat(2_000) + "]".repeat(2_000);
    assertThat(outcome(signed("{\"alg\":\"HS256\",\"a\":" + deep + "}", good(), key())))
        .isEqualTo("none");
    assertThat(outcome(signed(claims(",\"scopes\":" + deep)))).isEqualTo("none");
  }

  @Test
  void nobodySignsForAnotherWorkspace() {
    String forOther = good().replace(WORKSPACE, OTHER);
    assertThat(jwts.authenticate(signed(HS256, forOther, key()))).isEmpty();
    String admin = tokens.find(WORKSPACE, Tokens.LOCAL_ADMIN).orElseThrow().secret().reveal();
    assertThat(jwts.authenticate(signed(HS256, good(), admin))).as("another admin token").isEmpty();
    assertThat(jwts.authenticate(signed(HS256, good(), "x".repeat(64)))).isEmpty();
    assertThat(jwts.authenticate(signed(HS256, good().replace(WORKSPACE, "nowhere"), key())))
        .isEmpty();
  }

  @Test
  void whatIsChangedAfterSigningIsRefused() {
    String[] parts = signed(good()).split("\\.");
    String wider = encode(good().replace("PIPES:READ", "DATASOURCES:READ"));
    assertThat(jwts.authenticate(parts[0] + "." + wider + "." + parts[2])).isEmpty();
    assertThat(jwts.authenticate(parts[0] + "." + parts[1] + ".")).isEmpty();
    assertThat(jwts.authenticate(parts[0] + "." + parts[1])).isEmpty();
    assertThat(jwts.authenticate(String.join(".", parts) + ".x")).isEmpty();
    assertThat(jwts.authenticate(String.join(".", parts) + "." + parts[1] + "." + parts[2]))
        .isEmpty();
    assertThat(jwts.authenticate(parts[0] + ".." + parts[2])).isEmpty();
    assertThat(jwts.authenticate("")).isEmpty();
    assertThat(jwts.authenticate("...")).isEmpty();
    assertThat(jwts.authenticate(String.join(".", parts) + "A".repeat(9_000))).isEmpty();
  }

  /// Signed well and still refused: what is not understood is never taken for less.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'type':'ADMIN','resource':'x'} | cannot have the scope 'ADMIN'",
        "{'type':'TOKENS','resource':'x'} | cannot have the scope",
        "{'type':'DATASOURCES:CREATE','resource':'x'} | cannot have the scope",
        "{'type':'PIPES:DROP','resource':'x'} | cannot have the scope",
        "{'type':'WORKSPACE:READ_ALL','resource':'x'} | cannot have the scope",
        "{'type':'pipes:read','resource':'x'} | cannot have the scope",
        "{'type':'PIPES:READ'} | a 'type' and a 'resource'",
        "{'type':'PIPES:READ','resource':''} | a 'type' and a 'resource'",
        "{'type':'PIPES:READ','resource':['x']} | a 'type' and a 'resource'",
        "{'type':'PIPES:READ','resource':'x','fixed_params':'a=1'} | must be an object",
        "{'type':'PIPES:READ','resource':'x','fixed_params':{'a':null}} | 'a' has no value",
        "{'type':'PIPES:READ','resource':'x','fixed_params':{'a':[]}} | 'a' has no value",
        "{'type':'DATASOURCES:READ','resource':'x','fixed_params':{'a':1}} | only a scope PIPES",
        "{'type':'DATASOURCES:READ','resource':'x','filter':''} | must be an SQL condition",
        "{'type':'DATASOURCES:READ','resource':'x','filter':1} | must be an SQL condition",
        "{'type':'DATASOURCES:APPEND','resource':'x','filter':'a=1'} | cannot have a 'filter'",
        "'PIPES:READ:x' | a 'type' and a 'resource'"
      })
  void scopesThatAreNotUnderstoodAreRefused(String scope, String message) {
    refused(claims(",\"scopes\":[" + scope.replace('\'', '"') + "]"), message);
  }

  @Test
  void claimsThatAreMissingAreNamed() {
    refused(claims(""), "'scopes' must be a list");
    refused(claims(",\"scopes\":[]"), "'scopes' must be a list");
    refused(claims(",\"scopes\":{}"), "'scopes' must be a list");
    refused(good().replace("\"name\":\"n\",", ""), "'name' is missing");
    refused(good().replace("\"n\"", "5"), "'name' is missing");
    refused(good().replaceAll("\"exp\":\\d+,", ""), "'exp' must be a time");
    refused(good().replaceAll("\"exp\":(\\d+)", "\"exp\":\"$1\""), "'exp' must be a time");
    refused(good().replaceAll("\"exp\":\\d+", "\"exp\":null"), "'exp' must be a time");
    refused(good().replace("\"n\"", "\"" + "n".repeat(300) + "\""), "1 to 256 characters");
    refused(claims(",\"limits\":{\"rps\":\"9\"},\"scopes\":" + SCOPES), "a whole number 'rps'");
    refused(claims(",\"limits\":5,\"scopes\":" + SCOPES), "a whole number 'rps'");
    refused(
        claims(",\"nbf\":" + (NOW.getEpochSecond() + 11) + ",\"scopes\":" + SCOPES),
        "not come yet");
  }

  private void refused(String payload, String message) {
    assertThatThrownBy(() -> jwts.authenticate(signed(payload)))
        .isInstanceOfSatisfying(
            PlatformException.class, e -> assertThat(e.code()).isEqualTo(AuthError.INVALID_TOKEN))
        .hasMessageContaining(message)
        .hasMessageNotContaining(key());
  }

  @Test
  void anAmbiguousPayloadIsRefused() {
    assertThat(jwts.authenticate(signed(good().replace("{\"work", "{\"exp\":9999999999,\"work"))))
        .isEmpty();
    assertThat(jwts.authenticate(signed("[" + good() + "]"))).isEmpty();
    assertThat(jwts.authenticate(signed("not json"))).isEmpty();
  }

  @Test
  void zeroAndLessRequestsMeanNoLimitOfItsOwn() {
    for (String rps : List.of("0", "-5", "null")) {
      String text = signed(claims(",\"limits\":{\"rps\":" + rps + "},\"scopes\":" + SCOPES));
      if (rps.equals("null")) {
        assertThatThrownBy(() -> jwts.authenticate(text)).hasMessageContaining("rps");
      } else {
        assertThat(jwts.authenticate(text).orElseThrow().requestsPerSecond()).isEmpty();
      }
    }
  }

  @Test
  void nothingIsSignedThatHasExpiredOrIsTooLong() {
    assertThatThrownBy(() -> jwts.sign(with(NOW.getEpochSecond(), "x")))
        .hasMessageContaining("has passed already");
    assertThatThrownBy(() -> jwts.sign(with(NOW.getEpochSecond() + 9, "x".repeat(9_000))))
        .hasMessageContaining("longer than 8192");
  }

  private static JwtClaims with(long exp, String resource) {
    Scope scope = new Scope.ReadDataSource(resource, Optional.empty());
    return new JwtClaims(
        WORKSPACE, "n", Double.NEGATIVE_INFINITY, exp, Set.of(scope), OptionalInt.empty());
  }

  /// Whatever bytes come, the answer is a token that was signed, none, or a refusal with a code.
  @Test
  void anyTextEndsWell() {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    String good = signed(good());
    for (int round = 0; round < 30_000; round++) {
      String text = mutated(good, random);
      if (text.equals(good)) {
        continue;
      }
      assertThat(outcome(text)).as("%s round %d: %s", seed, round, text).isEqualTo("none");
    }
  }

  /// Any claims at all, signed with the right key.
  @Test
  void anySignedPayloadEndsWell() {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    for (int round = 0; round < 30_000; round++) {
      String payload = mutated(good(), random);
      String text = signed(payload);
      assertThat(outcome(text)).as("%s round %d: %s", seed, round, payload).isNotEqualTo("bug");
    }
  }

  private String outcome(String text) {
    try {
      return jwts.authenticate(text).isPresent() ? "token" : "none";
    } catch (PlatformException e) {
      return e.code().code();
    } catch (RuntimeException | StackOverflowError e) {
      return "bug";
    }
  }

  private static String mutated(String text, RandomGenerator random) {
    StringBuilder changed = new StringBuilder(text);
    for (int edits = 1 + random.nextInt(4); edits > 0 && !changed.isEmpty(); edits--) {
      int at = random.nextInt(changed.length());
      switch (random.nextInt(5)) {
        case 0 -> changed.deleteCharAt(at);
        case 1 -> changed.insert(at, (char) random.nextInt(32, 127));
        case 2 -> changed.setCharAt(at, (char) random.nextInt(1, 0x3000));
        case 3 -> changed.insert(at, changed.substring(at, Math.min(changed.length(), at + 20)));
        default ->
            changed.insert(
                at, List.of(".", "{", "[[[[", "\"", "null", "1e400", "-").get(random.nextInt(7)));
      }
    }
    return changed.toString();
  }
}

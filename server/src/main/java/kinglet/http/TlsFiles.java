// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kinglet.error.PlatformException;
import org.jspecify.annotations.Nullable;

/// A certificate chain and its private key, read from PEM files.
public record TlsFiles(List<X509Certificate> certificates, PrivateKey privateKey) {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----", Pattern.DOTALL);

  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519");

  public TlsFiles {
    certificates = List.copyOf(certificates);
  }

  /// Reads a chain (leaf first) and a PKCS#8 key.
  public static TlsFiles read(Path certificate, Path privateKey) {
    return new TlsFiles(certificates(certificate), key(privateKey));
  }

  private static List<X509Certificate> certificates(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
          .map(X509Certificate.class::cast)
          .toList();
    } catch (IOException | GeneralSecurityException e) {
      throw refused(file + " is not a PEM file of certificates", e);
    }
  }

  private static PrivateKey key(Path file) {
    byte[] encoded;
    try {
      Matcher pem = KEY.matcher(Files.readString(file));
      if (!pem.find()) {
        throw refused(file + " has no PEM block PRIVATE KEY; write the key as PKCS#8", null);
      }
      encoded = Base64.getMimeDecoder().decode(pem.group(1));
    } catch (IOException e) {
      throw refused(file + " can't be read", e);
    }
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      } catch (GeneralSecurityException e) {
        continue;
      }
    }
    throw refused(file + " is neither an RSA, an EC nor an Ed25519 key", null);
  }

  private static PlatformException refused(String message, @Nullable Throwable cause) {
    return new PlatformException(HttpError.INVALID_REQUEST, message, cause);
  }
}

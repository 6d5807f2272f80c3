// SPDX-License-Identifier: Apache-2.0
package kinglet.auth;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import kinglet.error.PlatformException;

/// The keys under which token texts are sealed, signed and looked up; kept in a file of their own.
///
/// The file holds 64 random bytes as hexadecimal digits on one line: 32 for AES-GCM, 32 for
/// HMAC-SHA-256. Only its owner may read it.
public final class SecretKeys {
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final SecretKeySpec sealing;

  /// Never used itself: each hash takes a copy, which saves looking up the algorithm and its key.
  private final Mac keyed;

  private final SecureRandom random;

  private SecretKeys(byte[] bytes, SecureRandom random) {
    this.sealing = new SecretKeySpec(bytes, 0, KEY_BYTES, "AES");
    this.keyed = keyed(new SecretKeySpec(bytes, KEY_BYTES, KEY_BYTES, "HmacSHA256"));
    this.random = random;
  }

  /// Reads the key file, making it if there is none; refuses one that others may read.
  public static SecretKeys open(Path file, SecureRandom random) {
    try {
      if (!Files.exists(file)) {
        create(file, random);
      }
      if (posix(file)) {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (!OWNER_ONLY.containsAll(permissions)) {
          throw unusable(
              file,
              "its mode is "
                  + PosixFilePermissions.toString(permissions)
                  + "; only the owner may read it: chmod 600",
              null);
        }
      }
      byte[] bytes = HexFormat.of().parseHex(Files.readString(file).strip());
      if (bytes.length != 2 * KEY_BYTES) {
        throw unusable(file, "it holds " + bytes.length + " bytes instead of 64", null);
      }
      return new SecretKeys(bytes, random);
    } catch (IOException | IllegalArgumentException e) {
      throw unusable(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static void create(Path file, SecureRandom random) throws IOException {
    byte[] bytes = new byte[2 * KEY_BYTES];
    random.nextBytes(bytes);
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    if (posix(file)) {
      Files.createFile(fresh, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    }
    Files.writeString(fresh, HexFormat.of().formatHex(bytes) + "\n", StandardCharsets.US_ASCII);
    sync(fresh, StandardOpenOption.WRITE);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    if (folder != null) {
      sync(folder, StandardOpenOption.READ);
    }
  }

  private static void sync(Path path, StandardOpenOption option) throws IOException {
    try (FileChannel channel = FileChannel.open(path, option)) {
      channel.force(true);
    }
  }

  private static boolean posix(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private static PlatformException unusable(
      Path file, String why, @org.jspecify.annotations.Nullable Throwable cause) {
    return new PlatformException(
        AuthError.KEY_FILE_UNUSABLE, "The key file " + file + " cannot be used: " + why, cause);
  }

  /// Encrypts a text; `context` must be the same when it is opened.
  String seal(Secret secret, String context) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] sealed =
        cipher(
            Cipher.ENCRYPT_MODE, nonce, context, secret.reveal().getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(nonce) + HexFormat.of().formatHex(sealed);
  }

  /// Decrypts what [#seal] made; fails when a byte or the context is another.
  Secret unseal(String text, String context) {
    byte[] bytes = HexFormat.of().parseHex(text);
    byte[] nonce = Arrays.copyOf(bytes, NONCE_BYTES);
    byte[] sealed = Arrays.copyOfRange(bytes, NONCE_BYTES, bytes.length);
    return new Secret(
        new String(cipher(Cipher.DECRYPT_MODE, nonce, context, sealed), StandardCharsets.UTF_8));
  }

  private byte[] cipher(int mode, byte[] nonce, String context, byte[] input) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, sealing, new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(context.getBytes(StandardCharsets.UTF_8));
      return cipher.doFinal(input);
    } catch (GeneralSecurityException e) {
      throw new PlatformException(
          AuthError.KEY_FILE_UNUSABLE,
          "A stored token does not open with this key file; restore the one it was made with",
          e);
    }
  }

  /// What a text is found by: its HMAC under the key, for one purpose.
  String fingerprint(String purpose, String text) {
    return HexFormat.of().formatHex(hmac(purpose + "\0" + text));
  }

  byte[] hmac(String text) {
    try {
      Mac mac = (Mac) keyed.clone();
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's HmacSHA256 can be copied", e);
    }
  }

  private static Mac keyed(SecretKeySpec key) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
    }
  }

  byte[] randomBytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}

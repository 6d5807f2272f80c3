// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

/// The hash functions of the fields' names, bit for bit as ClickHouse has them: CityHash64 1.0.2,
/// FarmHash64, SipHash-2-4 without a key, xxHash32 without a seed.
final class Hashes {
  private static final long K0 = 0xc3a5c85c97cb3127L;
  private static final long K1 = 0xb492b66fbe98f273L;
  private static final long K2 = 0x9ae16a3b2f90404fL;
  private static final long K3 = 0xc949d7c7509e6557L;
  private static final long MUL = 0x9ddfea08eb382d69L;
  private static final int Q1 = 0x9E3779B1;
  private static final int Q2 = 0x85EBCA77;
  private static final int Q3 = 0xC2B2AE3D;
  private static final int Q4 = 0x27D4EB2F;
  private static final int Q5 = 0x165667B1;

  private Hashes() {}

  /// The finaliser ClickHouse hashes numbers with.
  static long whole(long value) {
    long x = value ^ 0x4CF2D2BAAE6DA887L;
    x ^= x >>> 33;
    x *= 0xff51afd7ed558ccdL;
    x ^= x >>> 33;
    x *= 0xc4ceb9fe1a85ec53L;
    return x ^ x >>> 33;
  }

  /// The finaliser of 32 bits that the hashes of xxHash32 are put together with.
  static long half(long value) {
    long x = value ^ 0x75D9543DE018BF45L;
    x = ~x + (x << 18);
    x ^= rotate(x, 31);
    x *= 21;
    x ^= rotate(x, 11);
    x += x << 6;
    x ^= rotate(x, 22);
    return x & 0xFFFFFFFFL;
  }

  static long mix(long low, long high) {
    return mix(low, high, MUL);
  }

  private static long mix(long low, long high, long mul) {
    long a = (low ^ high) * mul;
    a ^= a >>> 47;
    long b = (high ^ a) * mul;
    b ^= b >>> 47;
    return b * mul;
  }

  private static long shiftMix(long value) {
    return value ^ value >>> 47;
  }

  private static long at(byte[] s, int i) {
    return Bits.longAt(s, i);
  }

  private static long rotate(long value, int by) {
    return Long.rotateRight(value, by);
  }

  private static long at32(byte[] s, int i) {
    return Bits.intAt(s, i) & 0xFFFFFFFFL;
  }

  static long city(byte[] s, int start, int length) {
    if (length <= 16) {
      return citySmall(s, start, length);
    }
    if (length <= 32) {
      long a = at(s, start) * K1;
      long b = at(s, start + 8);
      long c = at(s, start + length - 8) * K2;
      long d = at(s, start + length - 16) * K0;
      return mix(rotate(a - b, 43) + rotate(c, 30) + d, a + rotate(b ^ K3, 20) - c + length);
    }
    return length <= 64 ? cityMiddle(s, start, length) : cityLong(s, start, length);
  }

  private static long citySmall(byte[] s, int start, int length) {
    if (length > 8) {
      long a = at(s, start);
      long b = at(s, start + length - 8);
      return mix(a, rotate(b + length, length)) ^ b;
    }
    if (length >= 4) {
      return mix(length + (at32(s, start) << 3), at32(s, start + length - 4));
    }
    if (length > 0) {
      long y = (s[start] & 255) + ((s[start + (length >> 1)] & 255L) << 8);
      long z = length + ((s[start + length - 1] & 255L) << 2);
      return shiftMix(y * K2 ^ z * K3) * K2;
    }
    return K2;
  }

  private static long cityMiddle(byte[] s, int start, int length) {
    long z = at(s, start + 24);
    long a = at(s, start) + (length + at(s, start + length - 16)) * K0;
    long b = rotate(a + z, 52);
    long c = rotate(a, 37);
    a += at(s, start + 8);
    c += rotate(a, 7);
    a += at(s, start + 16);
    final long vf = a + z;
    final long vs = b + rotate(a, 31) + c;
    a = at(s, start + 16) + at(s, start + length - 32);
    z = at(s, start + length - 8);
    b = rotate(a + z, 52);
    c = rotate(a, 37);
    a += at(s, start + length - 24);
    c += rotate(a, 7);
    a += at(s, start + length - 16);
    long wf = a + z;
    long ws = b + rotate(a, 31) + c;
    long r = shiftMix((vf + ws) * K2 + (wf + vs) * K0);
    return shiftMix(r * K0 + vs) * K2;
  }

  /// The two halves of a weak hash of 32 bytes.
  private static long weakFirst(byte[] s, int at, long a) {
    long w = a + at(s, at);
    return w + at(s, at + 8) + at(s, at + 16) + at(s, at + 24);
  }

  private static long weakSecond(byte[] s, int at, long a, long b) {
    long w = a + at(s, at);
    long turned = rotate(b + w + at(s, at + 24), 21);
    long sum = w + at(s, at + 8) + at(s, at + 16);
    return turned + rotate(sum, 44) + w;
  }

  private static long cityLong(byte[] s, int start, int length) {
    long x = at(s, start);
    long y = at(s, start + length - 16) ^ K1;
    long z = at(s, start + length - 56) ^ K0;
    long v1 = weakFirst(s, start + length - 64, length);
    long v2 = weakSecond(s, start + length - 64, length, y);
    long w1 = weakFirst(s, start + length - 32, length * K1);
    long w2 = weakSecond(s, start + length - 32, length * K1, K0);
    z += shiftMix(v2) * K1;
    x = rotate(z + x, 39) * K1;
    y = rotate(y, 33) * K1;
    int left = (length - 1) & ~63;
    int i = start;
    do {
      x = rotate(x + y + v1 + at(s, i + 16), 37) * K1;
      y = rotate(y + v2 + at(s, i + 48), 42) * K1;
      x ^= w2;
      y ^= v1;
      z = rotate(z ^ w1, 33);
      long a = v2 * K1;
      long b = x + w1;
      v1 = weakFirst(s, i, a);
      v2 = weakSecond(s, i, a, b);
      a = z + w2;
      w1 = weakFirst(s, i + 32, a);
      w2 = weakSecond(s, i + 32, a, y);
      long swapped = z;
      z = x;
      x = swapped;
      i += 64;
      left -= 64;
    } while (left != 0);
    return mix(mix(v1, w1) + shiftMix(y) * K1 + z, mix(v2, w2) + x);
  }

  static long farm(byte[] s, int start, int length) {
    if (length <= 16) {
      return farmSmall(s, start, length);
    }
    if (length <= 32) {
      long mul = K2 + length * 2L;
      long a = at(s, start) * K1;
      long b = at(s, start + 8);
      long c = at(s, start + length - 8) * mul;
      long d = at(s, start + length - 16) * K2;
      return mix(rotate(a + b, 43) + rotate(c, 30) + d, a + rotate(b + K2, 18) + c, mul);
    }
    if (length <= 64) {
      long mul = K2 - 30 + 2L * length;
      long h0 = farmPart(s, start, K2 - 30, 0, 0);
      long h1 = farmPart(s, start + length - 32, mul, 0, 0);
      return (h1 * mul + h0) * mul;
    }
    if (length <= 96) {
      long mul = K2 - 114 + 2L * length;
      long h0 = farmPart(s, start, K2 - 114, 0, 0);
      long h1 = farmPart(s, start + 32, mul, 0, 0);
      long h2 = farmPart(s, start + length - 32, mul, h0, h1);
      return (h2 * 9 + (h0 >>> 17) + (h1 >>> 21)) * mul;
    }
    return length <= 256 ? farmMiddle(s, start, length) : farmLong(s, start, length);
  }

  private static long farmSmall(byte[] s, int start, int length) {
    if (length >= 8) {
      long mul = K2 + length * 2L;
      long a = at(s, start) + K2;
      long b = at(s, start + length - 8);
      long c = rotate(b, 37) * mul + a;
      long d = (rotate(a, 25) + b) * mul;
      return mix(c, d, mul);
    }
    if (length >= 4) {
      return mix(length + (at32(s, start) << 3), at32(s, start + length - 4), K2 + length * 2L);
    }
    if (length > 0) {
      long y = (s[start] & 255) + ((s[start + (length >> 1)] & 255L) << 8);
      long z = length + ((s[start + length - 1] & 255L) << 2);
      return shiftMix(y * K2 ^ z * K0) * K2;
    }
    return K2;
  }

  private static long farmPart(byte[] s, int i, long mul, long seed0, long seed1) {
    long a = at(s, i) * K1;
    long b = at(s, i + 8);
    long c = at(s, i + 24) * mul;
    long d = at(s, i + 16) * K2;
    long u = rotate(a + b, 43) + rotate(c, 30) + d + seed0;
    long v = a + rotate(b + K2, 18) + c + seed1;
    a = shiftMix((u ^ v) * mul);
    return shiftMix((v ^ a) * mul);
  }

  private static long farmMiddle(byte[] s, int start, int length) {
    long x = 81;
    long y = 0x226bb95b4e64b6d4L;
    long z = shiftMix(y * K2 + 113) * K2;
    long v1 = 0;
    long v2 = 0;
    long w1 = 0;
    long w2 = 0;
    x = x * K2 + at(s, start);
    int end = start + (length - 1) / 64 * 64;
    int last = end + ((length - 1) & 63) - 63;
    int i = start;
    long mul = K1;
    while (true) {
      boolean tail = i == end;
      if (tail) {
        mul = K1 + ((z & 255) << 1);
        i = last;
        w1 += (length - 1) & 63;
        v1 += w1;
        w1 += v1;
      }
      x = rotate(x + y + v1 + at(s, i + 8), 37) * mul;
      y = rotate(y + v2 + at(s, i + 48), 42) * mul;
      x ^= tail ? w2 * 9 : w2;
      y += (tail ? v1 * 9 : v1) + at(s, i + 40);
      z = rotate(z + w1, 33) * mul;
      long a = v2 * mul;
      long b = x + w1;
      v1 = weakFirst(s, i, a);
      v2 = weakSecond(s, i, a, b);
      a = z + w2;
      b = y + at(s, i + 16);
      w1 = weakFirst(s, i + 32, a);
      w2 = weakSecond(s, i + 32, a, b);
      long swapped = z;
      z = x;
      x = swapped;
      if (tail) {
        return mix(mix(v1, w1, mul) + shiftMix(y) * K0 + z, mix(v2, w2, mul) + x, mul);
      }
      i += 64;
    }
  }

  private static long turned(long x, long y, long mul, int by) {
    long a = (x ^ y) * mul;
    a ^= a >>> 47;
    long b = (y ^ a) * mul;
    return rotate(b, by) * mul;
  }

  private static long farmLong(byte[] s, int start, int length) {
    long x = 81;
    long y = 113;
    long z = shiftMix(y * K2) * K2;
    long v1 = 81;
    long v2 = 0;
    long w1 = 0;
    long w2 = 0;
    long u = x - z;
    x *= K2;
    final long mul = K2 + (u & 0x82);
    int end = start + (length - 1) / 64 * 64;
    int last = end + ((length - 1) & 63) - 63;
    int i = start;
    do {
      long a1 = at(s, i + 8);
      long a2 = at(s, i + 16);
      long a3 = at(s, i + 24);
      long a4 = at(s, i + 32);
      long a5 = at(s, i + 40);
      long a6 = at(s, i + 48);
      long a7 = at(s, i + 56);
      long a0 = at(s, i);
      x += a0 + a1;
      y += a2;
      z += a3;
      v1 += a4;
      v2 += a5 + a1;
      w1 += a6;
      w2 += a7;
      x = rotate(x, 26) * 9;
      y = rotate(y, 29);
      z *= mul;
      v1 = rotate(v1, 33);
      v2 = rotate(v2, 30);
      w1 = (w1 ^ x) * 9;
      z = rotate(z, 32) + w2;
      w2 += z;
      z *= 9;
      long swapped = u;
      u = y;
      y = swapped;
      z += a0 + a6;
      v1 += a2;
      v2 += a3;
      w1 += a4;
      w2 += a5 + a6;
      x += a1;
      y += a7;
      y += v1;
      v1 += x - y;
      v2 += w1;
      w1 += v2;
      w2 += x - y;
      x += w2;
      w2 = rotate(w2, 34);
      swapped = u;
      u = z;
      z = swapped;
      i += 64;
    } while (i != end);
    i = last;
    u *= 9;
    v2 = rotate(v2, 28);
    v1 = rotate(v1, 20);
    w1 += (length - 1) & 63;
    u += y;
    y += u;
    x = rotate(y - x + v1 + at(s, i + 8), 37) * mul;
    y = rotate(y ^ v2 ^ at(s, i + 48), 42) * mul;
    x ^= w2 * 9;
    y += v1 + at(s, i + 40);
    z = rotate(z + w1, 33) * mul;
    long a = v2 * mul;
    long b = x + w1;
    v1 = weakFirst(s, i, a);
    v2 = weakSecond(s, i, a, b);
    a = z + w2;
    b = y + at(s, i + 16);
    w1 = weakFirst(s, i + 32, a);
    w2 = weakSecond(s, i + 32, a, b);
    return turned(mix(v1 + x, w1 ^ y, mul) + z - u, turned(v2 + y, w2 + z, K2, 30) ^ x, K2, 31);
  }

  static long sip(byte[] s, int start, int length) {
    long v0 = 0x736f6d6570736575L;
    long v1 = 0x646f72616e646f6dL;
    long v2 = 0x6c7967656e657261L;
    long v3 = 0x7465646279746573L;
    int blocks = length / 8;
    for (int block = 0; block <= blocks + 1; block++) {
      boolean finish = block > blocks;
      long word = 0;
      if (block < blocks) {
        word = at(s, start + block * 8);
      } else if (!finish) {
        word = (long) length << 56;
        for (int i = 0; i < length % 8; i++) {
          word |= (s[start + blocks * 8 + i] & 255L) << (8 * i);
        }
      }
      if (finish) {
        v2 ^= 255;
      } else {
        v3 ^= word;
      }
      for (int round = 0; round < (finish ? 4 : 2); round++) {
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
      }
      if (!finish) {
        v0 ^= word;
      }
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  private static int round(int seed, int value) {
    return Integer.rotateLeft(seed + value * Q2, 13) * Q1;
  }

  /// The 32 bits as an unsigned number.
  static long xx32(byte[] s, int start, int length) {
    int i = start;
    int end = start + length;
    int hash;
    if (length >= 16) {
      int v1 = 0x24234428;
      int v2 = Q2;
      int v3 = 0;
      int v4 = -Q1;
      do {
        v1 = round(v1, Bits.intAt(s, i));
        v2 = round(v2, Bits.intAt(s, i + 4));
        v3 = round(v3, Bits.intAt(s, i + 8));
        v4 = round(v4, Bits.intAt(s, i + 12));
        i += 16;
      } while (i <= end - 16);
      hash =
          Integer.rotateLeft(v1, 1)
              + Integer.rotateLeft(v2, 7)
              + Integer.rotateLeft(v3, 12)
              + Integer.rotateLeft(v4, 18);
    } else {
      hash = Q5;
    }
    hash += length;
    for (; i + 4 <= end; i += 4) {
      hash = Integer.rotateLeft(hash + Bits.intAt(s, i) * Q3, 17) * Q4;
    }
    for (; i < end; i++) {
      hash = Integer.rotateLeft(hash + (s[i] & 255) * Q5, 11) * Q1;
    }
    hash = (hash ^ hash >>> 15) * Q2;
    hash = (hash ^ hash >>> 13) * Q3;
    return (hash ^ hash >>> 16) & 0xFFFFFFFFL;
  }
}

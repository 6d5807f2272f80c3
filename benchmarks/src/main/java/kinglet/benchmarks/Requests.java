// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Requests as the bytes that are sent, in a file between two processes: for each the number of
/// answers it gets, its length and its bytes.
record Requests(List<Request> all) {
  /// @param answers how many answers it gets
  record Request(int answers, ByteBuffer bytes) {}

  Requests {
    all = List.copyOf(all);
  }

  static Requests ofOneAnswer(List<byte[]> requests) {
    return new Requests(
        requests.stream().map(bytes -> new Request(1, ByteBuffer.wrap(bytes))).toList());
  }

  void write(Path file) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      out.writeInt(all.size());
      for (Request request : all) {
        out.writeInt(request.answers());
        out.writeInt(request.bytes().remaining());
        out.write(request.bytes().array());
      }
    }
  }

  static Requests read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer bytes = ByteBuffer.allocateDirect((int) channel.size());
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // on to the end
      }
      bytes.flip();
      List<Request> all = new ArrayList<>();
      for (int left = bytes.getInt(); left > 0; left--) {
        int answers = bytes.getInt();
        int length = bytes.getInt();
        all.add(new Request(answers, bytes.slice(bytes.position(), length)));
        bytes.position(bytes.position() + length);
      }
      return new Requests(all);
    }
  }
}

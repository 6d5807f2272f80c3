// SPDX-License-Identifier: Apache-2.0
package kinglet.examples;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import kinglet.client.KingletClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Answers which offer a cart gets, until it is stopped.
@Command(
    name = "checkout",
    description = "Answer which offer a cart gets: GET /offer?user_id=&item_id=&cart_value=",
    mixinStandardHelpOptions = true)
final class CheckoutCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ServerOptions server = new ServerOptions();

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "what train has written")
  private Path file = Path.of("");

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "7190",
      description = "where to listen, 0 for any (default ${DEFAULT-VALUE})")
  private int port = 7190;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Offers offers = new Offers(Model.read(file));
    try (KingletClient kinglet = server.connect()) {
      OfferHandler handler = new OfferHandler(kinglet, offers);
      // What is missing is said at once, and the first shopper does not wait for a connection.
      Map<String, Object> unused = handler.offer("", "", 0);
      HttpServer http = listen();
      http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      http.createContext("/offer", handler);
      http.start();
      PrintWriter print = spec.commandLine().getOut();
      print.printf(
          "offers: http://127.0.0.1:%d/offer?user_id=u0&item_id=i0&cart_value=40%n",
          http.getAddress().getPort());
      print.flush();
      Thread.currentThread().join();
    }
    return 0;
  }

  private HttpServer listen() throws IOException {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (BindException e) {
      throw new IOException("port " + port + " is taken: say --port", e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import kinglet.error.PlatformException;
import kinglet.state.Feed;
import kinglet.state.Shards;

/// Brings complete views, whose next rows the router cannot read, back to the router.
final class ViewReturn implements CatchUp.End {
  private static final Duration APPLY_TIMEOUT = Duration.ofMinutes(1);

  private final List<Router.Fed> views;
  private final long afterSeq;
  private final Router router;
  private final Shards shards;
  private final Consumer<CatchUp> ended;
  private final CatchUp catchUp;

  private ViewReturn(
      Router.Suspension suspension,
      CatchUp.Sources sources,
      Router router,
      Shards shards,
      ScheduledExecutorService executor,
      Consumer<CatchUp> ended) {
    this.views = suspension.views();
    this.afterSeq = suspension.afterSeq();
    this.router = router;
    this.shards = shards;
    this.ended = ended;
    List<CatchUp.Part> parts =
        views.stream()
            .map(fed -> new CatchUp.Part(fed.view(), fed.feed().state(), fed.feed()))
            .toList();
    this.catchUp =
        new CatchUp(parts, afterSeq, sources, router, shards.feed(afterSeq), executor, this);
    views.forEach(fed -> fed.view().catchesUp(catchUp));
  }

  /// @param ended hears, on the router's thread, that the views are its again
  static CatchUp of(
      Router.Suspension suspension,
      CatchUp.Sources sources,
      Router router,
      Shards shards,
      ScheduledExecutorService executor,
      Consumer<CatchUp> ended) {
    return new ViewReturn(suspension, sources, router, shards, executor, ended).catchUp;
  }

  @Override
  public boolean isWanted() {
    return views.stream().anyMatch(fed -> !fed.view().isForgotten());
  }

  /// What the router fed is applied before.
  @Override
  public void begin(Feed feed) throws InterruptedException {
    if (!router.await(afterSeq, APPLY_TIMEOUT)) {
      throw new PlatformException(FeatureError.FEATURES_BEHIND, "the rows before are not taken in");
    }
    views.forEach(fed -> feed.attach(fed.feed().state()));
  }

  @Override
  public boolean mayAttach() {
    return true;
  }

  @Override
  public void attach(long seq) {
    for (Router.Fed fed : views) {
      LiveView view = fed.view();
      if (view.isForgotten()) {
        shards.remove(view.state());
      } else {
        router.add(view, fed.feed(), seq);
        view.catchesUp(null);
      }
    }
    ended.accept(catchUp);
  }

  @Override
  public void abandoned() {
    views.forEach(fed -> shards.remove(fed.view().state()));
    ended.accept(catchUp);
  }

  @Override
  public void failed(String code) {
    views.forEach(fed -> fed.view().fail(code));
  }

  @Override
  public void count(long rows) {}
}

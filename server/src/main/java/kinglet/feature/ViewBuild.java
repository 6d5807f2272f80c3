// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import kinglet.state.Feed;
import kinglet.state.Shards;
import kinglet.state.ViewState;

/// Makes the state of a view of its history. The lookup views it names are made along with it, in
/// state of the build's own, so that each row sees them as they were.
final class ViewBuild implements CatchUp.End {
  private final LiveView view;
  private final Router router;
  private final Shards shards;
  private final Runnable complete;
  private final Runnable abandoned;
  private final List<CatchUp.Part> parts = new ArrayList<>();

  /// Opens the state of a program of the view's workspace.
  @FunctionalInterface
  interface States {
    ViewState open(String name, ViewProgram program);
  }

  private ViewBuild(
      LiveView view,
      Router router,
      Shards shards,
      States states,
      Runnable complete,
      Runnable abandoned) {
    this.view = view;
    this.router = router;
    this.shards = shards;
    this.complete = complete;
    this.abandoned = abandoned;
    for (LiveView lookup : view.lookups()) {
      parts.add(
          part(lookup, states.open(view.state().name() + "/" + lookup.name(), lookup.program())));
    }
    parts.add(part(view, view.state()));
  }

  /// @param complete what follows on the router's thread when the view is its
  /// @param abandoned what follows if nobody wants the view before
  static CatchUp of(
      LiveView view,
      CatchUp.Sources sources,
      Router router,
      Shards shards,
      States states,
      ScheduledExecutorService executor,
      Runnable complete,
      Runnable abandoned) {
    ViewBuild build = new ViewBuild(view, router, shards, states, complete, abandoned);
    long restoredSeq =
        build.parts.stream().mapToLong(part -> part.feed().passedSeq()).min().orElseThrow();
    return new CatchUp(
        build.parts,
        restoredSeq,
        sources,
        router,
        shards.recoveringFeed(restoredSeq),
        executor,
        build);
  }

  private CatchUp.Part part(LiveView of, ViewState state) {
    ViewFeed fed = new ViewFeed(of.program(), state, this::ownState);
    fed.skipUntil(state.restoredSeq().orElse(0));
    return new CatchUp.Part(of, state, fed);
  }

  private ViewState ownState(ViewProgram lookup) {
    return parts.stream()
        .filter(part -> part.view().name().equals(lookup.name()))
        .map(CatchUp.Part::state)
        .findFirst()
        .orElseThrow();
  }

  private ViewState liveState(ViewProgram lookup) {
    return view.lookups().stream()
        .filter(one -> one.name().equals(lookup.name()))
        .findFirst()
        .orElseThrow()
        .state();
  }

  @Override
  public boolean isWanted() {
    return !view.isForgotten();
  }

  /// Checkpoints keep what was read, so that a restart goes on there; not where several states
  /// would have to be at one place.
  @Override
  public void begin(Feed feed) {
    if (view.lookups().isEmpty()) {
      feed.attach(view.state());
    }
  }

  @Override
  public boolean mayAttach() {
    return view.lookups().stream().allMatch(router::feeds);
  }

  @Override
  public void attach(long seq) {
    ViewFeed feed =
        view.lookups().isEmpty()
            ? parts.getLast().feed()
            : new ViewFeed(view.program(), view.state(), this::liveState);
    router.add(view, feed, seq);
    removeOwn();
    view.catchesUp(null);
    // Whoever was answered before has its rows in the groups before this task.
    router.between(complete);
  }

  @Override
  public void abandoned() {
    removeOwn();
    shards.remove(view.state());
    abandoned.run();
  }

  private void removeOwn() {
    parts.subList(0, parts.size() - 1).forEach(part -> shards.remove(part.state()));
  }

  @Override
  public void failed(String code) {
    view.fail(code);
  }

  @Override
  public void count(long rows) {
    view.count(rows);
  }
}

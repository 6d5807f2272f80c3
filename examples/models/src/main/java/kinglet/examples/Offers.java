// SPDX-License-Identifier: Apache-2.0
package kinglet.examples;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decides by the chance that a cart is given up, and by what is left of the item.
record Offers(Model model) {
  /// Fewer than so many are left: saying so is enough.
  private static final double SCARCE = 6;

  private static final double LIKELY = 0.6;
  private static final double POSSIBLE = 0.4;

  /// What a cart gets.
  enum Offer {
    NONE,
    FEW_LEFT,
    FREE_DELIVERY,
    TEN_PERCENT_OFF
  }

  /// @param givenUp the chance that the cart is given up without an offer
  record Decision(double givenUp, Offer offer) {}

  /// @param features an answer of the feature service
  Decision decide(Map<String, ? extends @Nullable Object> features) {
    double givenUp = model.chance(features);
    Double stock = Model.number(features, "stock");
    boolean scarce = stock != null && stock < SCARCE;
    Offer offer =
        givenUp < POSSIBLE
            ? Offer.NONE
            : scarce
                ? Offer.FEW_LEFT
                : givenUp < LIKELY ? Offer.FREE_DELIVERY : Offer.TEN_PERCENT_OFF;
    return new Decision(givenUp, offer);
  }
}

// SPDX-License-Identifier: Apache-2.0
/// The models of the examples: trained on training sets, scored on live features.
///
/// **The path.** [TrainCommand] reads a [TrainingFile], lets a [Trainer] fit a [Model] to its
/// earlier days, and holds it against naive guesses on the later ones. [FlightsCommand] and
/// [CheckoutCommand] ask a server for the features of what is going on and score them.
///
/// **Invariants.** A model sees nothing but columns of a feature service; what is computed of them
/// is computed there, for training and for scoring alike.
@NullMarked
package kinglet.examples;

import org.jspecify.annotations.NullMarked;

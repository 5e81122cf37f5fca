/** What of a value a rule takes: all of it, its positive or its negative part. */
export type Sign = 'all' | 'positive' | 'negative';

/** How a rule changes a weight or a bias. `id` names the changed constant: equal ids are equal functions. */
export interface Modifier {
  id: string;
  of(value: number): number;
}

/** The identity: weights and biases as they are. */
export const whole: Modifier = { id: 'whole', of: (value) => value };

/** One product x′·w′ of a rule. `low` and `high` stand for the input's bounds (zB). */
export interface Term {
  input: Sign | 'low' | 'high';
  weight: Modifier;
  /** −1: subtracted. */
  factor?: -1;
}

/** A share of the relevance, handed to the inputs in proportion to its terms. */
export interface Part {
  /** α, −β or 1. */
  share: number;
  /** Only where the layer's output has this sign (generalised γ). */
  where?: Exclude<Sign, 'all'>;
  terms: readonly Term[];
  /** Bias in the denominator; absent: none. */
  bias?: Modifier;
  /** The denominator's sign, where the terms settle it: 0 means that every term is 0. */
  denominator?: 1 | -1;
}

/**
 * How denominators are kept from 0. `epsilon`: z + ε·sign(z), sign(0) = +1. `exact`: z, and no relevance where z = 0.
 */
export type Stabiliser = { kind: 'epsilon'; value: number } | { kind: 'exact' };

/** R_i = Σ_parts share · Σ_terms x′_i Σ_j w′_ij R_j / z′_j, z′ = Σ_terms x′·w′ + b′: modified inputs, weights and biases. */
export interface LinearRule {
  parts: readonly Part[];
  stabiliser: Stabiliser;
}

/** Where in the network a linear layer stands: it reads the input, makes the logits, or which of the two it is. */
export type LinearPlace = 'first' | 'last' | 'convolution' | 'dense' | 'any';

/** Which rule holds where: an ordered list, the first that fits, and what happens at everything that has no weights. */
export interface Composite {
  id: string;
  linear: readonly (readonly [LinearPlace, LinearRule])[];
  /** `fold`: a batch norm behind a convolution is part of it. `pass`: relevance passes through it unchanged. */
  norm: 'fold' | 'pass';
  /** Sums and mean pools share out in proportion to their inputs, with this stabiliser. */
  sums: Stabiliser;
  /** Mean pools look at max(0, x) only. */
  positivePools: boolean;
  /** Equal maxima in a pool: the first takes all, or they share. */
  ties: 'first' | 'shared';
}

import { drawnValues } from '../../src/shared/colorScale.ts';
import { type ErrorRecord, ModelError, toErrorRecord } from '../../src/shared/errors.ts';
import type { ExplanationMap, Outcome } from '../../src/shared/protocol.ts';

const differences = new WeakMap<ExplanationMap, WeakMap<ExplanationMap, Outcome>>();

/** a − b of two maps [H,W] of the same size and unit, after the ReLU each is drawn with. */
export function subtract(a: ExplanationMap, b: ExplanationMap): Outcome {
  const known = differences.get(a)?.get(b);
  if (known) return known;
  const outcome = a.height === b.height && a.width === b.width ? { map: difference(a, b) } : { error: sizesDiffer(a, b) };
  differences.set(a, (differences.get(a) ?? new WeakMap<ExplanationMap, Outcome>()).set(b, outcome));
  return outcome;
}

function difference(a: ExplanationMap, b: ExplanationMap): ExplanationMap {
  const [first, second] = [drawnValues(a.values, a.relu), drawnValues(b.values, b.relu)];
  const values = first.map((v, i) => v - (second[i] ?? Number.NaN));
  const known = values.filter((v) => Number.isFinite(v));
  const min = known.reduce((low, v) => Math.min(low, v), Number.POSITIVE_INFINITY);
  const max = known.reduce((high, v) => Math.max(high, v), Number.NEGATIVE_INFINITY);
  return {
    ...a,
    values,
    min,
    max,
    relu: false,
    signed: true,
    against: b.class,
    target: `${a.target}, minus ${b.target}: the two maps subtracted`,
    flat: max > min ? undefined : `The two maps are the same: their difference is ${min} everywhere.`,
    checks: [],
    ms: a.ms + b.ms,
  };
}

function sizesDiffer(a: ExplanationMap, b: ExplanationMap): ErrorRecord {
  return toErrorRecord(
    new ModelError(
      'shape',
      `The two maps have ${a.height} × ${a.width} and ${b.height} × ${b.width} cells: there is no difference cell by cell.`,
      {
        hint: 'Choose a layer where both have the same size.',
      },
    ),
  );
}

import { planes } from '../../image/preprocess.ts';
import { effectiveField } from '../../inspect/effectiveField.ts';
import { projectedPart } from '../../inspect/projection.ts';
import { type ErrorRecord, isAbort, ModelError, throwIfAborted, toErrorRecord } from '../../shared/errors.ts';
import type { Rect } from '../../shared/protocol.ts';
import type { Preprocessing } from '../../shared/sidecar.ts';
import type { Projection, ProjectionOutcome, ProjectionRule } from '../../shared/unitsProtocol.ts';
import type { Prepared } from '../inputs.ts';
import type { JobContext } from '../jobs.ts';
import type { Services } from '../services.ts';
import { fieldsOf } from './fields.ts';
import { type CellGradient, cellGradients, finite, gradientBatch } from './gradients.ts';
import type { UnitHandler } from './handler.ts';
import { findUnitLayer, type UnitPlace } from './unitLayer.ts';

/** One cell to be projected, and its place in the answer. */
interface Asked {
  index: number;
  input: Prepared;
  at: readonly [number, number];
  place: UnitPlace;
  field: Rect;
}

/** What drives a unit at each cell asked for, carried back to the pixels. */
export const projections: UnitHandler<'projections'> = async (
  services,
  { model, layer, unit, rule, at, priority = 0 },
  { signal, progress },
) => {
  const outcomes: ProjectionOutcome[] = [];
  const report = (index: number, outcome: ProjectionOutcome) => {
    outcomes[index] = outcome;
    progress({ index, outcome });
  };
  const finish = async (batch: readonly Asked[]) => {
    const found = await attempt(() => carry(services, batch, { unit, rule }, { priority, signal }));
    for (const [i, asked] of batch.entries()) {
      const described = 'error' in found ? found : await attempt(() => describe(asked, found.value[i] as Carried));
      report(asked.index, 'error' in described ? described : { projection: described.value });
    }
  };
  let batch: Asked[] = [];
  for (const [index, { image, at: cell }] of at.entries()) {
    throwIfAborted(signal);
    const prepared = await attempt(() => prepare(services, { model, image, layer, unit, index, at: cell }, signal));
    if ('error' in prepared) {
      report(index, prepared);
      continue;
    }
    const { open } = prepared.value.input;
    // A model whose input has the size of the image is another for each size.
    const full = batch.length >= gradientBatch(open.model, prepared.value.place.value) || batch.some(({ input }) => input.open !== open);
    if (full) {
      await finish(batch);
      batch = [];
    }
    batch.push(prepared.value);
  }
  if (batch.length > 0) await finish(batch);
  return outcomes;
};

/** What came of it, or what went wrong; a cancel is nothing that goes wrong. */
async function attempt<T>(work: () => T | Promise<T>): Promise<{ value: T } | { error: ErrorRecord }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (isAbort(error)) throw error;
    return { error: toErrorRecord(error) };
  }
}

interface Question {
  model: string;
  image: string;
  layer: string;
  unit: number;
  index: number;
  at: readonly [number, number];
}

async function prepare(services: Services, { model, image, layer, unit, index, at }: Question, signal: AbortSignal): Promise<Asked> {
  const input = await services.inputs.prepare(model, image, signal);
  const place = findUnitLayer(input.open, layer);
  const { name, units, height, width } = place.info;
  const [row, column] = at;
  if (!isIndex(unit, units) || !isIndex(row, height) || !isIndex(column, width)) {
    throw new ModelError('method', `Layer '${name}' has no unit ${unit} at cell (${row}, ${column}).`, {
      file: model,
      where: name,
      hint: `It has ${units} units of ${height} × ${width} cells, counted from 0.`,
    });
  }
  const field = fieldsOf(input.open.model).of(place.value, unit, at);
  if (field) return { index, input, at, place, field };
  throw new ModelError('method', `Cell (${row}, ${column}) of layer '${name}' sees nothing but padding: nothing in the image drives it.`, {
    file: model,
    where: name,
    hint: 'Choose another cell.',
  });
}

/** What a cell handed back to the input: by the chain rule, and by the rule asked for. */
interface Carried {
  ordinary: CellGradient;
  byRule: CellGradient;
}

/**
 * One run for the ordinary gradient, which tells the activation and the effective field, and one for the rule. Deconvnet and
 * guided start from the activation, as the paper does; the gradient from 1: it is that of what the activation function is given.
 */
async function carry(
  services: Services,
  batch: readonly Asked[],
  { unit, rule }: { unit: number; rule: ProjectionRule },
  context: JobContext,
): Promise<Carried[]> {
  const { input, place } = batch[0] as Asked;
  const run = (by: ProjectionRule, seed: (i: number) => number): Promise<CellGradient[]> => {
    const cell = ([row, column]: readonly [number, number]) => row * place.info.width + column;
    const seeds = batch.map(({ input, at }, i) => ({ input: input.fed.tensor, unit, cell: cell(at), seed: seed(i) }));
    return cellGradients(services, input.open.model, { value: place.value, rule: by, seeds }, context);
  };
  const ordinary = await run('gradient', () => 1);
  const byRule = rule === 'gradient' ? ordinary : await run(rule, (i) => (ordinary[i] as CellGradient).activation);
  return ordinary.map((found, i) => ({ ordinary: found, byRule: byRule[i] as CellGradient }));
}

function describe({ input, at, field }: Asked, { ordinary, byRule }: Carried): Projection {
  const { model } = input.open;
  finite(ordinary, model.file);
  finite(byRule, model.file);
  // A cell that hands back nothing has no effective field of its own.
  const effective = effectiveField(ordinary.gradient, model.input) ?? field;
  const box = fieldsOf(model).nearlyAll(field) ? effective : field;
  const fed = planes[(input.info.preprocessing as Preprocessing).channels];
  const { path, name } = input.image;
  return { image: { path, name }, at, box, effective, ...projectedPart(byRule.gradient, model.input, box, fed) };
}

function isIndex(i: number, count: number): boolean {
  return Number.isInteger(i) && i >= 0 && i < count;
}

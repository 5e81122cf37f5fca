import { basename } from 'node:path';
import { planes } from '../../image/preprocess.ts';
import type { Model } from '../../importers/model.ts';
import { effectiveField } from '../../inspect/effectiveField.ts';
import { projectedPart } from '../../inspect/projection.ts';
import type { UnitPlace } from '../../inspect/unitPlaces.ts';
import { type ErrorRecord, isAbort, ModelError, throwIfAborted, toErrorRecord } from '../../shared/errors.ts';
import type { ModelInfo, Rect } from '../../shared/protocol.ts';
import { untilAborted } from '../../shared/sharedJobs.ts';
import type { Preprocessing } from '../../shared/sidecar.ts';
import type { Projection, ProjectionOutcome, ProjectionRule } from '../../shared/unitsProtocol.ts';
import { preprocessingUnknown } from '../inputs.ts';
import type { JobContext } from '../jobs.ts';
import type { Services } from '../services.ts';
import { checkUnit } from './checkUnit.ts';
import { fieldsOf } from './fields.ts';
import { type CellGradient, cellGradients, finite, gradientBatch } from './gradients.ts';
import type { UnitHandler } from './handler.ts';
import { findUnitLayer } from './unitLayer.ts';

/** A unit of a model, and how images are fed to it. */
interface Subject {
  model: Model;
  info: ModelInfo;
  preprocessing: Preprocessing;
  place: UnitPlace;
  unit: number;
}

/** One cell to be projected, and its place in the answer. */
interface Asked {
  index: number;
  path: string;
  /** [C,H,W] as fed. */
  input: Float32Array;
  at: readonly [number, number];
  field: Rect;
}

/**
 * What drives a unit at each cell asked for, carried back to the pixels. The cells are those of patches: where each image may have
 * its own size, they are collected at the size the model opens with.
 */
export const projections: UnitHandler<'projections'> = async (
  services,
  { model: file, layer, unit, rule, at, priority = 0 },
  { signal, progress },
) => {
  const subject = await open(services, { file, layer, unit }, signal);
  const outcomes: ProjectionOutcome[] = [];
  const report = (index: number, outcome: ProjectionOutcome) => {
    outcomes[index] = outcome;
    progress({ index, outcome });
  };
  const finish = async (batch: readonly Asked[]) => {
    const found = await attempt(() => carry(services, subject, { batch, rule }, { priority, signal }));
    for (const [i, asked] of batch.entries()) {
      const described = 'error' in found ? found : await attempt(() => describe(subject, asked, found.value[i] as Carried));
      report(asked.index, 'error' in described ? described : { projection: described.value });
    }
  };
  const most = gradientBatch(subject.model, subject.place.value);
  let batch: Asked[] = [];
  for (const [index, { image, at: cell }] of at.entries()) {
    throwIfAborted(signal);
    const prepared = await attempt(() => prepare(services, subject, { index, path: image, at: cell }, signal));
    if ('error' in prepared) report(index, prepared);
    else batch.push(prepared.value);
    if (batch.length < most) continue;
    await finish(batch);
    batch = [];
  }
  if (batch.length > 0) await finish(batch);
  return outcomes;
};

/** Throws what no image can help: a unit that is not there, a preprocessing that nothing tells. */
async function open(
  services: Services,
  { file, layer, unit }: { file: string; layer: string; unit: number },
  signal: AbortSignal,
): Promise<Subject> {
  const opened = await untilAborted(services.models.open(file), signal);
  const place = findUnitLayer(opened, layer);
  checkUnit(opened, place.info, unit);
  const info = await services.inputs.describe(opened, undefined);
  if (!info.preprocessing) throw preprocessingUnknown(info);
  return { model: opened.model, info, preprocessing: info.preprocessing, place, unit };
}

/** What came of it, or what went wrong; a cancel is nothing that goes wrong. */
async function attempt<T>(work: () => T | Promise<T>): Promise<{ value: T } | { error: ErrorRecord }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (isAbort(error)) throw error;
    return { error: toErrorRecord(error) };
  }
}

async function prepare(
  services: Services,
  { model, info, preprocessing, place, unit }: Subject,
  { index, path, at }: Pick<Asked, 'index' | 'path' | 'at'>,
  signal: AbortSignal,
): Promise<Asked> {
  const { name, height, width } = place.info;
  const [row, column] = at;
  if (!isIndex(row, height) || !isIndex(column, width)) {
    throw new ModelError('method', `Layer '${name}' has no cell (${row}, ${column}).`, {
      file: model.file,
      where: name,
      hint: `It has ${height} × ${width} cells, counted from 0.`,
    });
  }
  const field = fieldsOf(model).of(place.value, unit, at);
  if (!field) {
    throw new ModelError(
      'method',
      `Cell (${row}, ${column}) of layer '${name}' sees nothing but padding: nothing in the image drives it.`,
      {
        file: model.file,
        where: name,
        hint: 'Choose another cell.',
      },
    );
  }
  const { tensor } = services.inputs.feed(await services.inputs.decode(path, signal), preprocessing, info);
  return { index, path, input: tensor, at, field };
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
  { model, place, unit }: Subject,
  { batch, rule }: { batch: readonly Asked[]; rule: ProjectionRule },
  context: JobContext,
): Promise<Carried[]> {
  const run = (by: ProjectionRule, seed: (i: number) => number): Promise<CellGradient[]> => {
    const seeds = batch.map(({ input, at: [row, column] }, i) => ({ input, unit, cell: row * place.info.width + column, seed: seed(i) }));
    return cellGradients(services, model, { value: place.value, rule: by, seeds }, context);
  };
  const ordinary = await run('gradient', () => 1);
  const byRule = rule === 'gradient' ? ordinary : await run(rule, (i) => (ordinary[i] as CellGradient).activation);
  return ordinary.map((found, i) => ({ ordinary: found, byRule: byRule[i] as CellGradient }));
}

function describe({ model, preprocessing, place, unit }: Subject, { path, at, field }: Asked, { ordinary, byRule }: Carried): Projection {
  finite(ordinary, model.file);
  finite(byRule, model.file);
  // A cell that hands back nothing has no effective field of its own.
  const effective = effectiveField(ordinary.gradient, model.input) ?? field;
  const box = fieldsOf(model).nearlyAll(place.value, unit) ? effective : field;
  const part = projectedPart(byRule.gradient, model.input, box, planes[preprocessing.channels]);
  return { image: { path, name: basename(path) }, at, box, effective, ...part };
}

function isIndex(i: number, count: number): boolean {
  return Number.isInteger(i) && i >= 0 && i < count;
}

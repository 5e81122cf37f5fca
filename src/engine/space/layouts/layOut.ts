import type { Points } from '../../../numeric/points.ts';
import { neighbourQuality } from '../../../numeric/quality.ts';
import { ModelError } from '../../../shared/errors.ts';
import type { LayoutFrame, LayoutQuality } from '../../../shared/spaceProtocol.ts';
import type { Control } from '../control.ts';
import type { LaidOut, LayoutTask } from '../threadCalls.ts';
import { findLayout } from './index.ts';
import { metricOf } from './method.ts';
import { LayoutRun } from './run.ts';
import { inMetric } from './space.ts';

/**
 * Lays points out and measures what became of their neighbours, those of all features in the metric, whatever the method made of them on
 * the way. Throws ModelError: 'method' where there are no points or no such layout, 'weights' where a feature is not finite, 'engine'
 * where they do not fit into memory, 'cancelled'.
 */
export async function layOut(
  { points, method, params }: LayoutTask,
  control: Control,
  progress: (frame: LayoutFrame) => void,
): Promise<LaidOut> {
  const { run: lay, info } = findLayout(method);
  if (points.count === 0) throw noPoints(info.label);
  const run = new LayoutRun(points.count, control, progress);
  try {
    await run.begin('looking at the features', 0);
    checkFinite(points);
    const placed = await lay(points, params, run);
    centre(placed.positions);
    await run.begin('quality', placed.iterations);
    return { ...placed, quality: qualityOf({ points, method, params }, placed.positions) };
  } catch (error) {
    throw isOfMemory(error) ? noMemory(points.count, error) : error;
  } finally {
    run.close();
  }
}

function qualityOf({ points, params }: LayoutTask, positions: Float32Array): LayoutQuality {
  const { preservation, trustworthiness, sampled } = neighbourQuality(inMetric(points, metricOf(params)), positions);
  return { preservation, trustworthiness, sampled };
}

function centre(positions: Float32Array): void {
  for (const axis of [0, 1]) {
    let sum = 0;
    for (let i = axis; i < positions.length; i += 2) sum += positions[i]!;
    const mean = (2 * sum) / positions.length;
    for (let i = axis; i < positions.length; i += 2) positions[i]! -= mean;
  }
}

function checkFinite({ data, dimensions }: Points): void {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i]!)) throw notFinite(Math.floor(i / dimensions));
}

function notFinite(row: number): ModelError {
  return new ModelError('weights', `Image ${row + 1} has NaN or infinite features: it has no place in a map.`, {
    hint: 'Check the preprocessing (value range) and whether training diverged.',
  });
}

function noPoints(label: string): ModelError {
  return new ModelError('method', `There is no image to lay out with ${label}.`, { hint: 'Index the images first.' });
}

/** As V8 says that there is no room for an array. */
function isOfMemory(error: unknown): boolean {
  return error instanceof RangeError && /allocation failed|Invalid typed array length/.test(error.message);
}

function noMemory(count: number, cause: unknown): ModelError {
  return new ModelError('engine', `There is not enough memory to lay out ${count} images.`, {
    hint: 'Choose a folder with fewer images, or a feature layer with fewer dimensions.',
    cause,
  });
}

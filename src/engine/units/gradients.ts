import { elements, type Tensor, typeOf } from '../../graph/graph.ts';
import type { Model } from '../../importers/model.ts';
import { driveOf, planUnitGradient } from '../../inspect/unitGradient.ts';
import { ModelError, throwIfAborted } from '../../shared/errors.ts';
import type { ProjectionRule } from '../../shared/unitsProtocol.ts';
import { notComputable } from '../graphMaps.ts';
import type { JobContext } from '../jobs.ts';
import type { Services } from '../services.ts';
import { batchSize } from '../stream.ts';

/** One unit at one cell of one input, and what goes back from it. */
export interface CellSeed {
  /** [C,H,W] as fed. */
  input: Float32Array;
  unit: number;
  /** Flat, row-major. */
  cell: number;
  /** What goes back from the cell; all others hand back nothing. */
  seed: number;
}

export interface CellGradient {
  /** The unit's activation at the cell. */
  activation: number;
  /** What reaches the input, [C,H,W]. */
  gradient: Float32Array;
}

/** How many cells go into one run. */
export function gradientBatch(model: Model, value: string): number {
  const { channels, height, width } = model.input;
  const numbers = Math.max(channels * height * width, elements(typeOf(model.graph, value).shape));
  return batchSize(model, numbers * Float32Array.BYTES_PER_ELEMENT);
}

/**
 * What cells of a layer hand back to the input, as one run: one step of the queue. From before the layer's activation function, so
 * that a saturated unit hands back something.
 * @throws ModelError('method') where there is no gradient
 */
export async function cellGradients(
  { programs, queue }: Services,
  model: Model,
  { value, rule, seeds }: { value: string; rule: ProjectionRule; seeds: readonly CellSeed[] },
  { priority, signal }: JobContext,
): Promise<CellGradient[]> {
  const n = seeds.length;
  const shape = [n, ...typeOf(model.graph, value).shape.slice(1).map(Number)];
  const size = elements(shape) / n;
  const plane = size / (shape[1] as number);
  const at = seeds.map(({ unit, cell }, i) => i * size + unit * plane + cell);
  const seeded = new Float32Array(n * size);
  at.forEach((index, i) => {
    seeded[index] = (seeds[i] as CellSeed).seed;
  });
  const { channels, height, width } = model.input;
  const pixels = channels * height * width;
  const batch = new Float32Array(n * pixels);
  seeds.forEach(({ input }, i) => {
    batch.set(input, i * pixels);
  });
  const run = queue.run(priority, signal, () =>
    programs.use(
      { model: model.hash, graph: `unit-gradient:${rule}:${value}` },
      () => planUnitGradient(model, value, rule, driveOf(model, value)),
      async (program, plan) => {
        throwIfAborted(signal);
        const out = await program.run({
          [model.input.value]: { dtype: 'float32', shape: [n, channels, height, width], data: batch },
          [plan.seed]: { dtype: 'float32', shape, data: seeded },
        });
        const data = (name: string) => (out[name] as Tensor).data as Float32Array;
        const [activations, gradients] = [data(plan.activation), data(plan.gradient)];
        // Copies: the engine's own buffer may be a part of a larger one.
        return at.map((index, i) => ({
          activation: activations[index] as number,
          gradient: gradients.slice(i * pixels, (i + 1) * pixels),
        }));
      },
    ),
  );
  return await run.catch((error: unknown) => {
    throw notComputable(error, model, [names[rule]]);
  });
}

const names: Readonly<Record<ProjectionRule, string>> = {
  gradient: 'The gradient of a unit',
  deconvnet: 'The deconvnet projection of a unit',
  guided: 'The guided gradient of a unit',
};

/** Throws ModelError('weights') unless all numbers are finite. */
export function finite(found: CellGradient, file: string): CellGradient {
  if (Number.isFinite(found.activation) && found.gradient.every((g) => Number.isFinite(g))) return found;
  throw new ModelError('weights', `${file} has NaN or infinite activations or gradients for this input.`, {
    file,
    hint: 'Check the preprocessing (value range) and whether training diverged.',
  });
}

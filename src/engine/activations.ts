import { findLayer } from '../explain/layers.ts';
import type { Subject } from '../explain/method.ts';
import { planForward } from '../explain/plan.ts';
import type { Tensor } from '../graph/graph.ts';
import { ModelError, throwIfAborted } from '../shared/errors.ts';
import type { Prepared } from './inputs.ts';
import type { JobContext } from './jobs.ts';
import type { Services } from './services.ts';

/** Output of a spatial layer for one image; kept. Throws ModelError('weights') naming the layer where it is not finite. */
export async function activationOf(
  services: Services,
  input: Prepared,
  layer: string,
  context: JobContext,
): Promise<NonNullable<Subject['activation']>> {
  const { value, shape } = findLayer(input.open.model, layer);
  const [channels, height, width] = shape.slice(1).map(Number) as [number, number, number];
  return { values: await valuesOf(services, input, { layer, value }, context), channels, height, width };
}

/**
 * A value of the graph for one image, without the batch: [C,H,W] or [C]; kept. `layer`: whose it is, for messages. Throws
 * ModelError('weights') naming the layer where it is not finite.
 */
export async function valuesOf(
  { activations, programs, queue }: Services,
  { key, open: { model }, fed }: Pick<Prepared, 'key' | 'open' | 'fed'>,
  { layer, value }: { layer: string; value: string },
  { priority, signal }: JobContext,
): Promise<Float32Array> {
  const id = `${key}|${value}`;
  const known = activations.get(id);
  if (known) return known;
  const feeds = { [model.input.value]: { dtype: 'float32' as const, shape: fed.shape, data: fed.tensor } };
  const values = await queue.run(priority, signal, () =>
    programs.use(
      { model: model.hash, graph: `activation:${value}` },
      () => ({ graph: planForward(model, value) }),
      async (program) => {
        throwIfAborted(signal);
        const { data } = (await program.run(feeds))[value] as Tensor;
        return new Float32Array(data as Float32Array);
      },
    ),
  );
  if (!values.every((v) => Number.isFinite(v))) {
    throw new ModelError('weights', `Layer '${layer}' has NaN or infinite values for this input.`, {
      file: model.file,
      where: layer,
      hint: 'Check the preprocessing (value range) and whether training diverged.',
    });
  }
  activations.set(id, values, values.byteLength);
  return values;
}

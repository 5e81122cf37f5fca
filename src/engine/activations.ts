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
  { activations, programs, queue }: Services,
  { key, open: { model }, fed }: Prepared,
  layer: string,
  { priority, signal }: JobContext,
): Promise<NonNullable<Subject['activation']>> {
  const { value, shape } = findLayer(model, layer);
  const [channels, height, width] = shape.slice(1).map(Number) as [number, number, number];
  const id = `${key}|${layer}`;
  const known = activations.get(id);
  if (known) return { values: known, channels, height, width };
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
  return { values, channels, height, width };
}

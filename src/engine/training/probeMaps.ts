import { findMethod } from '../../explain/methods/index.ts';
import { type MapSpec, planMaps } from '../../explain/plan.ts';
import type { Tensor } from '../../graph/graph.ts';
import { type ErrorRecord, isAbort, ModelError, throwIfAborted, toErrorRecord } from '../../shared/errors.ts';
import { Explainer } from '../explainer.ts';
import { finite, notComputable, type RawMap, sizeOf, specKey } from '../graphMaps.ts';
import type { Prepared } from '../inputs.ts';
import type { JobContext } from '../jobs.ts';
import { resolveTarget } from '../resolve.ts';
import type { Services } from '../services.ts';
import type { MapKey } from './keptProbes.ts';
import { batches } from './probeLogits.ts';

type CellValues = Pick<RawMap, 'values' | 'height' | 'width'>;

/** An image and the class that its map explains. */
export interface Explained {
  input: Prepared;
  class: number;
}

/** A map, or why it cannot be had. */
export interface MapOutcome<T extends Explained> {
  of: T;
  outcome: { map: CellValues } | { error: ErrorRecord };
}

/** Maps that one checkpoint's own caches hold at a time: each is used once. */
const mapBytes = 2 ** 20;

/**
 * A map of each image, at one layer alone, as they come: of a graph method as many in one run as the network takes, else one after the other.
 * One that cannot be had stops no other.
 */
export async function* mapsOfMany<T extends Explained>(
  services: Services,
  key: MapKey,
  all: readonly T[],
  context: JobContext,
): AsyncGenerator<MapOutcome<T>[]> {
  const { method, variant } = findMethod(key.method, key.variant);
  const { layer, params } = key;
  if (method.family !== 'graph') {
    const explainer = new Explainer(services, mapBytes);
    const request = { method: key.method, variant, layer, params };
    for (const each of all) {
      const ask = () => explainer.explain(each.input, { ...request, class: each.class }, { ...context, progress: () => {} });
      yield await attempted([each], async () => [{ of: each, outcome: { map: await ask() } }]);
    }
    return;
  }
  const inputs = all.map((each) => ({ each, name: each.input.image.name, tensor: each.input.fed.tensor }));
  const [first] = all;
  for (const { tensor, of } of first ? batches(first.input.open, inputs) : []) {
    const batch = of.map(({ each }) => each);
    const spec = { method, variant, layer, params };
    yield await attempted(batch, async () => {
      for (const { input, class: index } of batch) resolveTarget(input, spec, {}, index);
      return await fromGraph(services, spec, tensor, batch, context);
    });
  }
}

/** What goes wrong with a run goes wrong with all of it. */
async function attempted<T extends Explained>(batch: readonly T[], work: () => Promise<MapOutcome<T>[]>): Promise<MapOutcome<T>[]> {
  try {
    return await work();
  } catch (error) {
    if (isAbort(error)) throw error;
    return batch.map((of) => ({ of, outcome: failed(error, of.input) }));
  }
}

function failed(error: unknown, { info }: Prepared): { error: ErrorRecord } {
  return { error: toErrorRecord(error instanceof ModelError ? error.with({ file: info.path }) : error) };
}

/** One run for all of the batch, as one step of the queue. `tensor`: [n,C,H,W]. */
async function fromGraph<T extends Explained>(
  { programs, queue }: Services,
  spec: MapSpec,
  tensor: Float32Array,
  batch: readonly T[],
  { priority, signal }: JobContext,
): Promise<MapOutcome<T>[]> {
  const { open, bounds } = (batch[0] as T).input;
  const { model } = open;
  const { value, channels, height, width } = model.input;
  const classes = new Float32Array(batch.length * model.classes);
  for (const [i, each] of batch.entries()) classes[i * model.classes + each.class] = 1;
  const key = { model: model.hash, graph: `maps:${specKey(spec)}` };
  const cells = await queue
    .run(priority, signal, () =>
      programs.use(
        key,
        () => planMaps(model, [spec]),
        async (program, plan) => {
          throwIfAborted(signal);
          const outputs = await program.run({
            [value]: { dtype: 'float32', shape: [batch.length, channels, height, width], data: tensor },
            [plan.classInput]: { dtype: 'float32', shape: [batch.length, model.classes], data: classes },
            ...(plan.bounds && { [plan.bounds.low]: bounds.low, [plan.bounds.high]: bounds.high }),
          });
          return new Float32Array((outputs[plan.maps[0] as string] as Tensor).data as Float32Array);
        },
      ),
    )
    .catch((error: unknown) => {
      throw notComputable(error, model, [spec.method.info.label]);
    });
  const [mapHeight, mapWidth] = sizeOf(open, spec);
  const size = mapHeight * mapWidth;
  return batch.map((of, i) => {
    const map = { values: cells.slice(i * size, (i + 1) * size), height: mapHeight, width: mapWidth };
    try {
      return { of, outcome: { map: finite(map, spec, of.input) } };
    } catch (error) {
      return { of, outcome: failed(error, of.input) };
    }
  });
}

import type { Patch } from '../../explain/method.ts';
import { throwIfAborted } from '../../shared/errors.ts';
import type { Check } from '../../shared/protocol.ts';
import type { Prepared } from '../inputs.ts';
import type { JobContext } from '../jobs.ts';
import { finiteLogits } from '../predict.ts';
import type { Services } from '../services.ts';
import { gridOf } from './grid.ts';
import { type IncrementalPlan, planIncremental } from './plan.ts';
import { incrementalLogits, type Run } from './run.ts';

/** How the network is best asked about patches: `plan` is absent where it is in full. `check` says it to the reader of the map. */
export interface Way {
  plan?: IncrementalPlan;
  check: Check;
}

/** Chooses by what either way is estimated to take. */
export async function chooseWay({ programs }: Services, { open: { model } }: Prepared, patches: readonly Patch[]): Promise<Way> {
  const inFull = (why: string): Way => ({ check: check(`Computed in full: ${why}.`) });
  const executor = await programs.executor();
  if (!executor.freeSizes) return inFull(`${executor.name} cannot compute parts of an image`);
  const grid = gridOf(patches);
  if (!grid) return inFull('the patches stand in no grid');
  const plan = planIncremental(model, grid);
  if ('refused' in plan) return inFull(plan.refused);
  const percent = Math.max(1, Math.round(100 * plan.recomputed));
  return { plan, check: check(`Recomputed ${percent} % of the network per patch (incremental inference).`) };
}

function check(text: string): Check {
  return { id: 'incremental', label: 'Incremental inference', text, ok: undefined };
}

/** Logits [n,classes] of the patches from number `first` on, run by run through the queue. */
export async function* logitsOfPatches(
  { programs, queue }: Services,
  { open: { model }, fed }: Prepared,
  { plan, patches, what }: { plan: IncrementalPlan; patches: readonly Patch[]; what: string },
  first: number,
  { priority, signal }: JobContext,
): AsyncGenerator<Float32Array, void> {
  const run: Run = (name, planned, feeds) =>
    queue.run(priority, signal, () =>
      programs.use({ model: model.hash, graph: name }, planned, (program) => {
        throwIfAborted(signal);
        return program.run(feeds);
      }),
    );
  for await (const logits of incrementalLogits(plan, fed.tensor, patches, first, run)) yield finiteLogits(logits, model.file, what);
}

import type { Executor } from '../../src/execute/executor.ts';
import type { Sweep } from '../../src/explain/sweep.ts';
import type { GraphBuilder } from '../../src/graph/builder.ts';
import { check } from '../../src/graph/check.ts';
import { float32, type Tensor } from '../../src/graph/graph.ts';
import { prune } from '../../src/graph/prune.ts';
import type { Model } from '../../src/importers/model.ts';
import { infer, newBuilder } from '../../src/ops/index.ts';

/** What to read of sweeps at one value of the network. */
export interface Ask {
  value: string;
  sweeps: readonly Sweep[];
  /** From the sweeps' quantities there, and the value itself. */
  emit(b: GraphBuilder, swept: readonly string[], value: string): string;
}

export interface SweepProgram {
  /** One tensor an ask. `input`: as many images as `target` has rows. */
  run(input: Float32Array, target: Tensor, box?: { low: readonly number[]; high: readonly number[] }): Promise<Tensor[]>;
  dispose(): Promise<void>;
}

/** Sweeps by themselves, without maps: quantities of the shape of the values they stand at. */
export async function sweepProgram(executor: Executor, model: Model, asks: readonly Ask[]): Promise<SweepProgram> {
  const b = newBuilder(prune(model.graph, [...new Set([model.logits, ...asks.map((a) => a.value)])]));
  const target = b.input('target', { dtype: 'float32', shape: ['N', model.classes] });
  const channels = model.input.channels;
  const bound = (name: string) => b.input(name, { dtype: 'float32', shape: [channels] });
  const bounds = { low: bound('low'), high: bound('high') };
  const wanted = new Map<string, { sweep: Sweep; wrt: Set<string> }>();
  for (const { sweeps, value } of asks) {
    for (const sweep of sweeps) wanted.set(sweep.id, { sweep, wrt: (wanted.get(sweep.id)?.wrt ?? new Set()).add(value) });
  }
  const context = { model, logits: model.logits, target, input: model.input.value, bounds: () => bounds };
  const swept = new Map([...wanted].map(([id, { sweep, wrt }]) => [id, sweep.emit(b, context, [...wrt])]));
  const outputs = asks.map(({ sweeps, value, emit }) =>
    emit(
      b,
      sweeps.map((sweep) => swept.get(sweep.id)?.get(value) as string),
      value,
    ),
  );
  const graph = check(prune(b.build([...new Set(outputs)]), [...new Set(outputs)]), infer);
  const program = await executor.compile(graph);
  return {
    async run(input, seed, box = { low: new Array(channels).fill(-1), high: new Array(channels).fill(1) }) {
      const shape = [seed.shape[0] as number, channels, model.input.height, model.input.width];
      const feeds = {
        [model.input.value]: float32(shape, input),
        target: seed,
        low: float32([channels], [...box.low]),
        high: float32([channels], [...box.high]),
      };
      const results = await program.run(feeds);
      return outputs.map((value) => results[value] as Tensor);
    },
    dispose: () => program.dispose(),
  };
}

// What asking many times costs beyond the forward passes themselves: Score-CAM and RISE through the engine.
import { Explainer } from '../../src/engine/explainer.ts';
import { Programs } from '../../src/engine/programs.ts';
import { createServices, type Services } from '../../src/engine/services.ts';
import type { Executor, Program, Tensors } from '../../src/execute/executor.ts';
import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import type { MapRequest } from '../../src/shared/protocol.ts';
import { inputTensor } from '../support/ask.ts';
import { Golden } from '../support/golden.ts';
import { goldenInput, type RealNet } from '../support/realNets.ts';

export interface Streamed {
  /** Whole job, and as many bare forward passes in batches of the same size, in ms. */
  job: number;
  bare: number;
  inputs: number;
  partials: number;
}

/**
 * Runs one request through the engine, on a photo. After each batch the same program runs once more on inputs made beforehand,
 * which is timed apart: both sides are measured in turn, batch by batch, whatever else the machine does. Undefined where the
 * network's files are not there.
 */
export async function streamed(net: RealNet, request: MapRequest): Promise<Streamed | undefined> {
  const [file] = net.files;
  const golden = Golden.open(`realnets/${net.name}`);
  const [image] = golden?.manifest.images ?? [];
  if (file === undefined || !golden || !image) return undefined;
  const bench = new Bench(await createOnnxRuntime());
  const cacheBytes = 2 ** 30;
  const programs = new Programs('onnxruntime', cacheBytes, async () => bench.executor);
  const services: Services = { ...createServices({ engine: 'onnxruntime', cacheBytes }), programs };
  const open = await services.models.open(file);
  const picture = goldenInput(golden, image, open.model, net);
  const input = await services.inputs.prepareTensor(open, picture, 'picture');
  bench.again = (n) => ({ [open.model.input.value]: inputTensor(open.model, new Float32Array(n * picture.length).fill(0.5), n) });
  const explainer = new Explainer(services, cacheBytes);
  const signal = new AbortController().signal;
  let partials = 0;
  const progress = ({ partial }: { partial?: unknown }) => {
    if (partial) partials += 1;
  };
  const explain = (asked: MapRequest) => explainer.explain(input, asked, { priority: 0, signal, progress });
  // Compiles the forward pass, and lets the machine settle on it.
  await explain({ method: 'rise', class: 1, params: { masks: 48, seed: 99 } });
  partials = 0;
  bench.reset();
  const start = performance.now();
  await explain({ class: 1, ...request });
  const job = performance.now() - start - bench.bare;
  return { job, bare: bench.bare, inputs: bench.inputs, partials };
}

class Bench {
  readonly executor: Executor;
  bare = 0;
  inputs = 0;
  again: (n: number) => Tensors = () => ({});
  readonly #made = new Map<number, Tensors>();

  constructor(inner: Executor) {
    this.executor = { ...inner, compile: async (graph, options) => this.#watched(await inner.compile(graph, options)) };
  }

  reset(): void {
    this.bare = 0;
    this.inputs = 0;
  }

  #watched(program: Program): Program {
    return {
      ...program,
      run: async (feeds) => {
        const results = await program.run(feeds);
        const n = Object.values(feeds)[0]?.shape[0] ?? 0;
        const same = this.#made.get(n) ?? this.again(n);
        this.#made.set(n, same);
        const start = performance.now();
        await program.run(same);
        this.bare += performance.now() - start;
        this.inputs += n;
        return results;
      },
    };
  }
}

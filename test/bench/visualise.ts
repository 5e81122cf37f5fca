/**
 * A class visualisation of 256 steps on MobileNetV1 0.25, with its parts, against as many bare runs of the gradient.
 *   npm run bench:visualise [-- METHOD…]
 * Steps and bare runs take turns, so that a busy machine slows both. Bar: 30 s on 2 cores.
 */
import { createServices } from '../../src/engine/services.ts';
import { ascend, classAim } from '../../src/engine/units/ascent.ts';
import { shownPicture } from '../../src/engine/units/shownPicture.ts';
import { visualise } from '../../src/engine/units/visualise.ts';
import { FedColours } from '../../src/image/fedColours.ts';
import { visualisers } from '../../src/inspect/visualise/index.ts';
import type { Visualiser } from '../../src/inspect/visualise/visualiser.ts';
import type { Preprocessing } from '../../src/shared/sidecar.ts';
import { sharedMissing, sharedPath } from '../support/shared.ts';

const steps = 256;
const goldenRetriever = 207;

const path = sharedPath('models/mobilenet-v1-025-imagenet/tfjs-layers/model.json');
const wanted = process.argv.slice(2);
if (path === undefined) console.log(sharedMissing);
else for (const method of visualisers) if (wanted.length === 0 || wanted.includes(method.info.id)) await measure(path, method);

async function measure(model: string, method: Visualiser): Promise<void> {
  const services = createServices({ engine: 'onnxruntime', cacheBytes: 2 ** 29 });
  const open = await services.models.open(model);
  const info = await services.inputs.describe(open, undefined);
  const colours = new FedColours(info.preprocessing as Preprocessing, info.input);
  const params = { ...Object.fromEntries(method.info.params.map((p) => [p.id, p.default])), steps };
  const climb = method.start({ channels: colours.channels, height: info.input.height, width: info.input.width }, params);
  const job = { priority: 0, signal: new AbortController().signal };
  const parts: Record<string, number> = {};
  const timed = async <T>(part: string, work: () => T | Promise<T>): Promise<T> => {
    const begin = performance.now();
    const result = await work();
    parts[part] = (parts[part] ?? 0) + performance.now() - begin;
    return result;
  };
  const aim = classAim(open.model, goldenRetriever);
  const gradient = (inputs: Float32Array) => ascend(services, open.model, { aim, inputs, rule: 'gradient' }, job);
  await gradient(colours.feed(climb.ask()));
  for (let step = 0; step < steps; step++) {
    const pictures = await timed('picture and views', () => climb.ask());
    const inputs = await timed('colours fed', () => colours.feed(pictures));
    await timed('bare', () => gradient(inputs));
    const { gradients } = await timed('gradient', () => gradient(inputs));
    const atPictures = await timed('colours fed', () => colours.handBack(gradients));
    if (step % 8 === 0) await timed('previews', () => shownPicture(climb.render(), info.input));
    await timed('back to the parameters', () => climb.follow(atPictures));
  }
  const { bare = 1, ...own } = parts;
  const total = Object.values(own).reduce((sum, ms) => sum + ms, 0);
  console.log(
    `\n${method.info.label}: ${steps} steps of ${climb.batch} in ${seconds(total)}, ${(total / bare).toFixed(2)} times the bare gradients`,
  );
  for (const [part, ms] of Object.entries(own)) console.log(`  ${part}: ${seconds(ms)}, ${((100 * ms) / total).toFixed(1)} %`);
  const request = { objective: { kind: 'class', class: goldenRetriever } as const, method: method.info.id, params: { steps } };
  const { ms, probability } = await visualise(services, { model, request, priority: 0 }, { signal: job.signal, progress: () => {} });
  console.log(`  as the engine runs it: ${seconds(ms)}; probability of the class ${probability?.toFixed(4)}`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

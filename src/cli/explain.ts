import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { createServices } from '../engine/engine.ts';
import { Explainer } from '../engine/explainer.ts';
import { everyMap } from '../engine/graphMaps.ts';
import type { Prepared } from '../engine/inputs.ts';
import { forward, rank } from '../engine/predict.ts';
import { findMethod } from '../explain/methods/index.ts';
import { planMaps } from '../explain/plan.ts';
import { readNpy, writeNpy } from '../formats/npy.ts';
import { print } from '../graph/print.ts';
import type { RgbImage } from '../image/decode.ts';
import { overlayPng } from '../image/overlay.ts';
import { describeError, isAbort, toErrorRecord } from '../shared/errors.ts';
import type { ExplanationMap, MapRequest } from '../shared/protocol.ts';
import { inputTensors } from './tensors.ts';
import { classIndex, type ExplainArgs } from './usage.ts';

interface Subject {
  /** As given on the command line; `file.npy[1]` for the second tensor of a batch. */
  name: string;
  prepare(): Promise<Prepared>;
  /** The original picture, to draw on. */
  picture(): Promise<RgbImage | undefined>;
}

/** Explains every image; one that fails does not stop the others. */
export async function explain(args: ExplainArgs, signal: AbortSignal): Promise<number> {
  const services = createServices({ engine: args.engine, cacheBytes: 2 ** 31 });
  const explainer = new Explainer(services, 2 ** 28);
  const model = resolve(args.model);
  const open = await services.models.open(model);
  if (args.dumpPlan) {
    process.stdout.write(print(planMaps(open.model, everyMap(open)).graph));
    return 0;
  }
  for (const id of args.methods) findMethod(id);
  if (args.out !== undefined) await mkdir(args.out, { recursive: true });
  const subjects: Subject[] = args.images.map((image) => ({
    name: image,
    prepare: () => services.inputs.prepare(services, model, resolve(image), signal),
    picture: () => services.inputs.decode(resolve(image), signal),
  }));
  for (const file of args.inputs) {
    const tensors = inputTensors(file, readNpy(await readFile(file), file), open.model);
    tensors.forEach((tensor, i) => {
      const name = tensors.length > 1 ? `${file}[${i}]` : file;
      subjects.push({ name, prepare: () => services.inputs.prepareTensor(services, open, tensor, name), picture: async () => undefined });
    });
  }
  let failed = 0;
  for (const [i, subject] of subjects.entries()) {
    try {
      const result = await explainOne(args, subject, i, services, explainer, signal);
      process.stdout.write(args.json ? `${JSON.stringify(result)}\n` : readable(result));
    } catch (error) {
      if (isAbort(error)) throw error;
      failed += 1;
      const record = toErrorRecord(error);
      if (args.json) process.stdout.write(`${JSON.stringify({ image: subject.name, model: args.model, error: record })}\n`);
      process.stderr.write(`glassbox: ${subject.name}: ${describeError(record)}\n`);
    }
  }
  return failed > 0 ? 1 : 0;
}

interface Result {
  image: string;
  model: string;
  engine: string;
  top: { index: number; label: string; logit: number; probability: number }[];
  /** Raw logits [classes], where --out is given. */
  logits?: string;
  maps: MapResult[];
}

interface MapResult {
  method: string;
  variant: string;
  layer: string;
  class: number;
  label: string;
  shape: [number, number];
  file: string | null;
  overlay: string | null;
  min: number;
  max: number;
  flat?: string;
  unit: string;
  params: ExplanationMap['params'];
  ms: number;
}

async function explainOne(
  args: ExplainArgs,
  subject: Subject,
  order: number,
  services: ReturnType<typeof createServices>,
  explainer: Explainer,
  signal: AbortSignal,
): Promise<Result> {
  const input = await subject.prepare();
  const logits = await forward(services, input.open, input.fed.tensor, 1, 0, signal);
  const ranked = rank(logits, input.info);
  const wanted = args.class === undefined ? ranked[0]?.index : classIndex(args.class, input.info.classes, input.info.labels);
  const base = `${String(order).padStart(args.images.length + args.inputs.length > 1 ? 3 : 1, '0')}-${basename(subject.name, extname(subject.name))}`;
  const picture = args.out === undefined ? undefined : await subject.picture();
  const maps: MapResult[] = [];
  for (const request of requests(args, input, wanted as number)) {
    const map = await explainer.explain(input, request, {
      priority: 0,
      signal,
      progress: ({ done, secondsLeft }) => progressLine(subject.name, request.method, done, secondsLeft),
    });
    clearProgress();
    maps.push(await save(args.out, base, map, picture, input));
  }
  const logitsFile = args.out === undefined ? undefined : join(args.out, `${base}.logits.npy`);
  if (logitsFile !== undefined) await writeFile(logitsFile, writeNpy([logits.length], logits));
  return {
    image: subject.name,
    model: args.model,
    engine: input.info.engine,
    top: ranked.slice(0, args.top),
    ...(logitsFile !== undefined && { logits: logitsFile }),
    maps,
  };
}

/** One request per method and layer; methods on the input once. */
function requests(args: ExplainArgs, input: Prepared, classWanted: number): MapRequest[] {
  return args.methods.flatMap((id) => {
    const { method, variant } = findMethod(id);
    const known = new Set(method.info.params.map((p) => p.id));
    const params = Object.fromEntries(Object.entries(args.params).filter(([name]) => known.has(name)));
    const request: MapRequest = { method: method.info.id, variant, class: classWanted, params };
    if (method.info.at === 'input' || args.layers === undefined) return [request];
    const layers = args.layers === 'all' ? input.open.spatial.map((l) => l.name) : args.layers;
    return layers.map((layer) => ({ ...request, layer }));
  });
}

async function save(
  out: string | undefined,
  base: string,
  map: ExplanationMap,
  picture: RgbImage | undefined,
  input: Prepared,
): Promise<MapResult> {
  let [file, overlay]: (string | null)[] = [null, null];
  if (out !== undefined) {
    const layer = map.layer.replace(/[^\w.-]+/g, '_');
    const stem = join(out, `${base}.${map.method}.${map.variant}.${layer}.class${map.class.index}`);
    file = `${stem}.npy`;
    await writeFile(file, writeNpy([map.height, map.width], map.values));
    if (picture) {
      overlay = `${stem}.png`;
      await writeFile(overlay, await overlayPng(picture, map, { relu: map.relu, signed: map.signed, covers: input.fed.covers }));
    }
  }
  const { method, variant, min, max, unit, params, flat } = map;
  return {
    method,
    variant,
    layer: map.layer,
    class: map.class.index,
    label: map.class.label,
    shape: [map.height, map.width],
    file: file as string | null,
    overlay: overlay as string | null,
    min,
    max,
    ...(flat !== undefined && { flat }),
    unit,
    params,
    ms: Math.round(map.ms * 100) / 100,
  };
}

function readable(result: Result): string {
  const top = result.top.map(
    (t) => `  ${(t.probability * 100).toFixed(1).padStart(5)} %  ${t.label} (${t.index}), logit ${t.logit.toFixed(3)}`,
  );
  const maps = result.maps.map(
    (m) =>
      `  ${m.method}:${m.variant} at ${m.layer} for ${m.label}: ${m.shape.join('×')}, ${m.min.toPrecision(4)} to ${m.max.toPrecision(4)}, ${m.ms} ms` +
      `${m.flat ? `\n    ${m.flat}` : ''}${m.file ? `\n    ${m.overlay ?? m.file}` : ''}`,
  );
  return `${result.image} (${result.engine})\n${top.join('\n')}\n${maps.join('\n')}\n`;
}

function progressLine(image: string, method: string, done: number, secondsLeft: number | undefined): void {
  if (!process.stderr.isTTY) return;
  const left = secondsLeft === undefined ? '' : `, ${Math.ceil(secondsLeft)} s left`;
  process.stderr.write(`\r\x1b[K${image}: ${method} ${Math.round(done * 100)} %${left}`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}

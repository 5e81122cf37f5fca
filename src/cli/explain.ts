import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Explainer } from '../engine/explainer.ts';
import { distinct } from '../engine/graphMaps.ts';
import type { OpenModel } from '../engine/models.ts';
import { logitsOf, rank } from '../engine/predict.ts';
import { resolveRequest } from '../engine/resolve.ts';
import { createServices, type Services } from '../engine/services.ts';
import { findMethod } from '../explain/methods/index.ts';
import { type MapSpec, planMaps } from '../explain/plan.ts';
import { print } from '../graph/print.ts';
import { describeError, type ErrorRecord, fromErrorRecord, isAbort, ModelError, toErrorRecord } from '../shared/errors.ts';
import type { MapRequest } from '../shared/protocol.ts';
import { Progress } from './progress.ts';
import { type Result, readable } from './result.ts';
import { type Subject, subjects } from './subjects.ts';
import { classIndex, type ExplainArgs } from './usage.ts';
import { type MapFiles, Writer } from './writer.ts';

/** Logits, maps and decoded images of one command. */
const cacheBytes = 2 ** 31;

interface Run {
  args: ExplainArgs;
  services: Services;
  explainer: Explainer;
  open: OpenModel;
  requests: readonly MapRequest[];
  writer: Writer | undefined;
  signal: AbortSignal;
}

/** Explains every image; one that fails does not stop the others. */
export async function explain(args: ExplainArgs, signal: AbortSignal): Promise<number> {
  const services = createServices({ engine: args.engine, cacheBytes });
  const open = await services.models.open(resolve(args.model));
  const requests = requestsOf(args, open);
  if (args.dumpPlan) {
    process.stdout.write(print(planMaps(open.model, specsOf(open, requests)).graph));
    return 0;
  }
  const explainer = new Explainer(services, cacheBytes / 8);
  const writer = args.out === undefined ? undefined : new Writer(await folder(args.out), args.images.length + args.inputs.length);
  const run = { args, services, explainer, open, requests, writer, signal };
  const warned = new Set<string>();
  let failed = 0;
  for await (const subject of subjects(run)) {
    try {
      const result = await explainOne(run, subject, warned);
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

async function explainOne(run: Run, subject: Subject, warned: Set<string>): Promise<Result> {
  const { args, services, explainer, requests, writer, signal } = run;
  const input = await subject.prepare();
  warn(input.info.warnings, warned);
  const logits = await logitsOf(services, input, 0, signal);
  const ranked = rank(logits, input.info);
  const wanted = args.class === undefined ? (ranked[0]?.index as number) : classIndex(args.class, input.info.classes, input.info.labels);
  const files = await writer?.start(subject, input);
  const progress = new Progress(subject.name);
  const maps: Result['maps'] = [];
  const targeted = requests.map((request) => ({ ...request, class: wanted }));
  const outcomes = await explainer
    .explainAll(input, targeted, { priority: 0, signal, progress: () => {}, slow: (index, value) => progress.of(requests[index]?.method ?? '')(value) })
    .finally(() => progress.clear());
  for (const outcome of outcomes) {
    if ('error' in outcome) throw fromErrorRecord(outcome.error);
    const written: MapFiles = (await files?.save(outcome.map)) ?? { file: null, overlay: null };
    const { method, variant, layer, height, width, values, relu, signed, engine, class: of, against, ...rest } = outcome.map;
    maps.push({ method, variant, layer, class: of.index, label: of.label, shape: [height, width], ...written, ...rest });
  }
  return {
    image: subject.name,
    model: args.model,
    engine: input.info.engine,
    top: ranked.slice(0, args.top),
    ...(files && { logits: await files.saveLogits(logits) }),
    maps,
  };
}

/** One request per method and layer, each resolved, so that what does not exist is said before anything runs. */
function requestsOf(args: ExplainArgs, open: OpenModel): MapRequest[] {
  const all = args.methods.flatMap((id): MapRequest[] => {
    const { method, variant } = findMethod(id);
    const known = new Set(method.info.params.map((p) => p.id));
    const params = Object.fromEntries(Object.entries(args.params).filter(([name]) => known.has(name)));
    const request: MapRequest = { method: method.info.id, variant, params };
    if (method.info.at === 'input' || args.layers === undefined) return [request];
    const layers = args.layers === 'all' ? open.spatial.map((l) => l.name) : args.layers;
    return layers.map((layer) => ({ ...request, layer }));
  });
  const resolved = all.map((request) => ({ ...request, layer: resolveRequest(open, request).layer }));
  const key = (r: MapRequest) => `${r.method}:${r.variant}@${r.layer}`;
  return resolved.filter((r, i) => resolved.findIndex((other) => key(other) === key(r)) === i);
}

/** Maps of graph methods among the requests; variants that are the same numbers once. */
function specsOf(open: OpenModel, requests: readonly MapRequest[]): MapSpec[] {
  const resolved = requests.map((request) => resolveRequest(open, request));
  return distinct(resolved.flatMap(({ method, ...rest }) => (method.family === 'graph' ? [{ ...rest, method }] : [])));
}

async function folder(path: string): Promise<string> {
  await mkdir(path, { recursive: true }).catch((cause: unknown) => {
    throw new ModelError('file-missing', `--out: '${path}' is no folder that can be written (${(cause as NodeJS.ErrnoException).code}).`, {
      cause,
      hint: 'Choose another folder.',
    });
  });
  return path;
}

/** Each thing once, not for every image. */
function warn(warnings: readonly ErrorRecord[], said: Set<string>): void {
  for (const text of warnings.map(describeError)) {
    if (!said.has(text)) process.stderr.write(`glassbox: warning: ${text}\n`);
    said.add(text);
  }
}

import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Explainer } from '../engine/explainer.ts';
import { exportOnnx } from '../engine/exportOnnx.ts';
import type { Prepared } from '../engine/inputs.ts';
import type { OpenModel } from '../engine/models.ts';
import { logitsOf, rank } from '../engine/predict.ts';
import { inRegion } from '../engine/region.ts';
import { createServices, type Services } from '../engine/services.ts';
import { planMaps } from '../explain/plan.ts';
import { checkRegion, regionModel } from '../explain/region.ts';
import { print } from '../graph/print.ts';
import { describeError, type ErrorRecord, isAbort, ModelError, toErrorRecord } from '../shared/errors.ts';
import type { ExplanationMap, MapProgress, MapRequest } from '../shared/protocol.ts';
import { Progress } from './progress.ts';
import { requestsOf, specsOf } from './requests.ts';
import { type FailedMap, type MapResult, type Result, readable } from './result.ts';
import { type Subject, subjects } from './subjects.ts';
import type { ExplainArgs } from './usage.ts';
import { classIndex, UsageError } from './values.ts';
import { type ImageFiles, Writer } from './writer.ts';

/** Logits, maps and decoded images of one command. */
const cacheBytes = 2 ** 31;

interface Run {
  args: ExplainArgs;
  services: Services;
  explainer: Explainer;
  open: OpenModel;
  requests: readonly MapRequest[];
  writer: Writer | undefined;
  /** Where explanations go as ONNX models: a folder's, or one file. */
  models: Writer | string | undefined;
  signal: AbortSignal;
  /** What was said already: each warning once, not for every image. */
  warned: Set<string>;
}

/** Explains every image; an image or a method that fails does not stop the others. */
export async function explain(args: ExplainArgs, signal: AbortSignal): Promise<number> {
  const services = createServices({ engine: args.engine, cacheBytes });
  const open = await services.models.open(resolve(args.model));
  const { requests, leftOut } = requestsOf(args, open);
  const warned = new Set<string>();
  warn('left out', leftOut.map(toErrorRecord), warned);
  if (args.dumpPlan) {
    const region = checkRegion(open.model, args.region, open.name);
    process.stdout.write(print(planMaps(region ? regionModel(open.model, region) : open.model, specsOf(open, requests)).graph));
    return 0;
  }
  const count = args.images.length + args.inputs.length;
  const explainer = new Explainer(services, cacheBytes / 8);
  const writer = args.out === undefined ? undefined : new Writer(await folder('--out', args.out), count);
  const models = await modelsTarget(args.exportOnnx, count, requests.length);
  const run = { args, services, explainer, open, requests, writer, models, signal, warned };
  let failed = false;
  for await (const subject of subjects(run)) failed = !(await explainSubject(run, subject)) || failed;
  return failed ? 1 : 0;
}

/** Prints what comes of one image; returns whether all of it came. */
async function explainSubject(run: Run, subject: Subject): Promise<boolean> {
  const { json, model } = run.args;
  try {
    const { result, problems } = await explainOne(run, subject);
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : readable(result));
    // A method that fails at every layer fails for one reason.
    for (const problem of new Set(problems.map(describeError))) process.stderr.write(`glassbox: ${subject.name}: ${problem}\n`);
    return problems.length === 0;
  } catch (error) {
    if (isAbort(error)) throw error;
    const record = toErrorRecord(error);
    if (json) process.stdout.write(`${JSON.stringify({ image: subject.name, model, error: record })}\n`);
    process.stderr.write(`glassbox: ${subject.name}: ${describeError(record)}\n`);
    return false;
  }
}

async function explainOne(run: Run, subject: Subject): Promise<{ result: Result; problems: ErrorRecord[] }> {
  const { args, services, writer, signal } = run;
  const input = await subject.prepare();
  warn('warning', input.info.warnings, run.warned);
  const logits = await logitsOf(services, inRegion(input, checkRegion(input.open.model, args.region, input.open.name)), 0, signal);
  const ranked = rank(logits, input.info);
  const requests = aimed(run, input, ranked[0]?.index as number);
  const files = await writer?.start(subject, input);
  const outcomes = await outcomesOf(run, subject, input, requests);
  const models = typeof run.models === 'object' ? await run.models.start(subject, input) : run.models;
  const problems: ErrorRecord[] = [];
  const maps: Result['maps'] = [];
  for (const [i, outcome] of outcomes.entries()) {
    const request = requests[i] as MapRequest;
    if ('error' in outcome) {
      problems.push(outcome.error);
      maps.push(failedMap(request, outcome.error));
      continue;
    }
    const onnx = models === undefined ? undefined : await exported(run, input, { request, map: outcome.map, to: models }, problems);
    maps.push({ ...(await mapResult(outcome.map, files)), ...(onnx !== undefined && { onnx }) });
  }
  const result: Result = {
    image: subject.name,
    model: args.model,
    engine: input.info.engine,
    top: ranked.slice(0, args.top),
    ...(files && { logits: await files.saveLogits(logits) }),
    maps,
  };
  return { result, problems };
}

/** The requests with the target the person names. */
function aimed({ args, requests }: Run, { info }: Prepared, predicted: number): MapRequest[] {
  const index = (wanted: string) => classIndex(wanted, info.classes, info.labels);
  const target = {
    class: args.class === undefined ? predicted : index(args.class),
    ...(args.against !== undefined && { against: index(args.against) }),
    ...(args.region && { region: args.region }),
  };
  return requests.map((request) => ({ ...request, ...target }));
}

async function outcomesOf({ explainer, signal }: Run, subject: Subject, input: Prepared, requests: readonly MapRequest[]) {
  const progress = new Progress(subject.name);
  const context = {
    priority: 0,
    signal,
    progress: () => {},
    slow: (index: number, value: MapProgress) => progress.of(requests[index]?.method ?? '')(value),
  };
  return await explainer.explainAll(input, requests, context).finally(() => progress.clear());
}

async function mapResult(map: ExplanationMap, files: ImageFiles | undefined): Promise<MapResult> {
  const written = (await files?.save(map)) ?? { file: null, overlay: null };
  const { method, variant, layer, height, width, values: _, relu: __, signed: ___, engine: ____, class: of, against, ...rest } = map;
  const target = { class: of.index, label: of.label, ...(against && { against: against.index }) };
  return { method, variant, layer, ...target, shape: [height, width], ...written, ...rest };
}

function failedMap({ method, variant = '', layer = '' }: MapRequest, error: ErrorRecord): FailedMap {
  return { method, variant, layer, error };
}

interface Export {
  request: MapRequest;
  map: ExplanationMap;
  to: ImageFiles | string;
}

/** File of the explanation as an ONNX model; one that cannot be exported is a problem of its own. */
async function exported(run: Run, input: Prepared, { request, map, to }: Export, problems: ErrorRecord[]): Promise<string | undefined> {
  const file = typeof to === 'string' ? to : `${to.name(map)}.onnx`;
  const context = { priority: 0, signal: run.signal };
  try {
    await exportOnnx(run.services, input, await run.explainer.task(input, request, context), { ...context, file });
    return file;
  } catch (error) {
    if (isAbort(error)) throw error;
    problems.push(toErrorRecord(error));
    return undefined;
  }
}

async function modelsTarget(path: string | undefined, images: number, maps: number): Promise<Run['models']> {
  if (path === undefined) return undefined;
  if (!/\.onnx$/i.test(path)) return new Writer(await folder('--export-onnx', path), images);
  if (images === 1 && maps === 1) return path;
  throw new UsageError(`--export-onnx: '${path}' is one file for ${images * maps} explanations; name a folder.`);
}

async function folder(option: string, path: string): Promise<string> {
  await mkdir(path, { recursive: true }).catch((cause: unknown) => {
    throw new ModelError(
      'file-missing',
      `${option}: '${path}' is no folder that can be written (${(cause as NodeJS.ErrnoException).code}).`,
      {
        cause,
        hint: 'Choose another folder.',
      },
    );
  });
  return path;
}

function warn(what: string, records: readonly ErrorRecord[], said: Set<string>): void {
  for (const text of records.map((record) => `${what}: ${describeError(record)}`)) {
    if (!said.has(text)) process.stderr.write(`glassbox: ${text}\n`);
    said.add(text);
  }
}

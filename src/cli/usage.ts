import { parseArgs } from 'node:util';
import { findMethod } from '../explain/methods/index.ts';
import { describeError, ModelError, toErrorRecord } from '../shared/errors.ts';
import type { EngineChoice } from '../shared/protocol.ts';

export const usage = `Glassbox: why an image classifier decided as it did.

  glassbox explain IMAGE… --model M [options]     maps and top classes of images
  glassbox explain --input FILE.npy --model M …   the same for the network's input tensor itself
  glassbox layers MODEL [--json]                  name, kind, output shape, parameters
  glassbox methods [--json]                       methods, variants, parameters

Options of explain
  --model M          model.json (TF.js Layers) or .onnx
  --method a,b       method ids, a variant as id:variant (default: grad-cam)
  --layer L,…|all    layers by name (default: the method's own); all: every spatial layer
  --class N|label    class to explain (default: the predicted one); digits are a number
  --param k=v        a method's parameter, repeatable: --param window=32 --param stride=16
  --engine E         auto, onnxruntime, tensorflow or wasm (default: auto)
  --out DIR          writes each map as raw float32 .npy at its own resolution and as an overlay .png, and the logits
  --top K            classes listed (default: 5)
  --input FILE.npy   input tensor, float32, in the model's own axis order (NCHW or NHWC), with or without a batch axis
  --dump-plan        prints the explanation graph instead of running it
  --json             one line of JSON per image

Exit codes: 0 done, 1 an image or model failed, 2 wrong usage, 130 interrupted.
`;

export interface ExplainArgs {
  images: string[];
  inputs: string[];
  model: string;
  methods: string[];
  layers: string[] | 'all' | undefined;
  class: string | undefined;
  params: Record<string, number | string>;
  engine: EngineChoice;
  out: string | undefined;
  top: number;
  dumpPlan: boolean;
  json: boolean;
}

export type Command =
  | { name: 'explain'; args: ExplainArgs }
  | { name: 'layers'; model: string; json: boolean }
  | { name: 'methods'; json: boolean }
  | { name: 'help' };

/** Wrong usage: exit code 2, with the usage text. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const options = {
  model: { type: 'string' },
  method: { type: 'string' },
  layer: { type: 'string' },
  class: { type: 'string' },
  param: { type: 'string', multiple: true },
  engine: { type: 'string' },
  out: { type: 'string' },
  top: { type: 'string' },
  input: { type: 'string', multiple: true },
  'dump-plan': { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export function parseCommand(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  const [command, ...rest] = positionals;
  if (values.help || command === undefined || command === 'help') return { name: 'help' };
  const json = values.json ?? false;
  if (command === 'methods') return { name: 'methods', json };
  if (command === 'layers') {
    const model = rest[0] ?? values.model;
    if (model === undefined || rest.length > 1) throw new UsageError('layers takes one model file.');
    return { name: 'layers', model, json };
  }
  if (command !== 'explain') throw new UsageError(`There is no command '${command}'.`);
  if (values.model === undefined) throw new UsageError('explain needs --model.');
  const inputs = values.input ?? [];
  const methods = list('--method', values.method) ?? ['grad-cam'];
  if (rest.length + inputs.length === 0 && !values['dump-plan']) throw new UsageError('explain needs an image or --input.');
  return {
    name: 'explain',
    args: {
      images: rest,
      inputs,
      model: values.model,
      methods,
      layers: values.layer === 'all' ? 'all' : list('--layer', values.layer),
      class: values.class,
      params: parameters(values.param ?? [], methods),
      engine: engineChoice(values.engine),
      out: values.out,
      top: count(values.top),
      dumpPlan: values['dump-plan'] ?? false,
      json,
    },
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function list(option: string, value: string | undefined): string[] | undefined {
  const items = value
    ?.split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items?.length === 0) throw new UsageError(`${option} takes names with commas between, got '${value}'.`);
  return items;
}

/** Parameters of at least one of the methods. */
function parameters(entries: readonly string[], methods: readonly string[]): Record<string, number | string> {
  const known = new Set(methods.flatMap(paramsOf));
  return Object.fromEntries(
    entries.map((entry) => {
      const at = entry.indexOf('=');
      if (at < 1) throw new UsageError(`--param takes name=value, got '${entry}'.`);
      const [name, value] = [entry.slice(0, at), entry.slice(at + 1)];
      if (!known.has(name)) {
        throw new UsageError(`--param: ${methods.join(', ')} has no parameter '${name}'; there is ${[...known].join(', ') || 'none'}.`);
      }
      return [name, value !== '' && Number.isFinite(Number(value)) ? Number(value) : value];
    }),
  );
}

function paramsOf(id: string): string[] {
  try {
    return findMethod(id).method.info.params.map((p) => p.id);
  } catch (error) {
    throw new UsageError(describeError(toErrorRecord(error)));
  }
}

function engineChoice(value = 'auto'): EngineChoice {
  const choices: readonly EngineChoice[] = ['auto', 'onnxruntime', 'tensorflow', 'wasm'];
  const found = choices.find((c) => c === value);
  if (!found) throw new UsageError(`--engine is one of ${choices.join(', ')}, got '${value}'.`);
  return found;
}

function count(value = '5'): number {
  const n = value === 'all' ? Number.POSITIVE_INFINITY : Number(value);
  if (!(n >= 1 && (Number.isInteger(n) || value === 'all'))) throw new UsageError(`--top takes a whole number or all, got '${value}'.`);
  return n;
}

/** Index of the class a person names by number or label. */
export function classIndex(wanted: string, classes: number, labels: readonly string[] | undefined): number {
  if (/^\d+$/.test(wanted)) return Number(wanted);
  const same = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase();
  const found = labels?.flatMap((label, i) => (same(label, wanted) ? [i] : [])) ?? [];
  if (found.length === 1) return found[0] as number;
  const problem = found.length > 1 ? `is the name of ${found.length} classes: ${found.join(', ')}` : 'is no class of this model';
  throw new ModelError('labels', `'${wanted}' ${problem}.`, { hint: `Give its number, 0 to ${classes - 1}.` });
}

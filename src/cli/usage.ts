import { parseArgs } from 'node:util';
import type { EngineChoice, Rect } from '../shared/protocol.ts';
import { type ChosenMethod, chosenMethods, count, engineChoice, list, parameters, region, UsageError } from './values.ts';

export const usage = `Glassbox: why an image classifier decided as it did.

  glassbox explain IMAGE… --model M [options]     maps and top classes of images
  glassbox explain --input FILE.npy --model M …   the same for the network's input tensor itself
  glassbox layers MODEL [--json]                  kind, output shape, parameters, receptive field, multiply-adds of each layer
  glassbox methods [--json]                       methods: what they show, formula, source, variants, parameters

Options of explain
  --model M          .keras, .h5, .onnx, .tflite, model.json (TF.js) or saved_model.pb
  --method a,b       method ids, a variant as id:variant (default: grad-cam); all: every method that can explain the model,
                     all:cam, all:backpropagation, all:relevance, all:perturbation: those of a family
  --layer L,…|all    layers by name (default: the method's own); all: every spatial layer
  --class N|label    class to explain (default: the predicted one); digits are a number
  --against N|label  explains the logit of the class minus that of this one
  --region x,y,w,h   part of a dense output, in its cells: its mean is explained (default: all of it)
  --param k=v        a method's parameter, repeatable: --param window=32 --param stride=16
  --engine E         auto, onnxruntime, tensorflow or wasm (default: auto)
  --out DIR          writes each map as raw float32 .npy at its own resolution and as an overlay .png, and the logits
  --export-onnx PATH writes each explanation as an ONNX model, picture in, map out: a folder, or NAME.onnx for a single one
  --top K            classes listed (default: 5)
  --input FILE.npy   input tensor, float32, in the model's own axis order (NCHW or NHWC), with or without a batch axis
  --dump-plan        prints the one graph of all explanations asked for instead of running it
  --json             one line of JSON per image

Exit codes: 0 done, 1 an image, a method or the model failed, 2 wrong usage, 130 interrupted.
`;

export interface ExplainArgs {
  images: string[];
  inputs: string[];
  model: string;
  methods: readonly ChosenMethod[];
  layers: string[] | 'all' | undefined;
  class: string | undefined;
  against: string | undefined;
  region: Rect | undefined;
  params: Record<string, number | string>;
  engine: EngineChoice;
  out: string | undefined;
  exportOnnx: string | undefined;
  top: number;
  dumpPlan: boolean;
  json: boolean;
}

export type Command =
  | { name: 'explain'; args: ExplainArgs }
  | { name: 'layers'; model: string; json: boolean }
  | { name: 'methods'; json: boolean }
  | { name: 'help' };

const options = {
  model: { type: 'string' },
  method: { type: 'string' },
  layer: { type: 'string' },
  class: { type: 'string' },
  against: { type: 'string' },
  region: { type: 'string' },
  param: { type: 'string', multiple: true },
  engine: { type: 'string' },
  out: { type: 'string' },
  'export-onnx': { type: 'string' },
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
  const methods = chosenMethods(list('--method', values.method) ?? ['grad-cam']);
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
      against: values.against,
      region: region(values.region),
      params: parameters(values.param ?? [], methods),
      engine: engineChoice(values.engine),
      out: values.out,
      exportOnnx: values['export-onnx'],
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

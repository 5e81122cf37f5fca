import { countText, shapeText } from '../../shared/layerText.ts';
import { type ModelFormat, modelFormats } from '../../shared/modelFormats.ts';
import type { ModelInfo, ModelOutline } from '../../shared/protocol.ts';
import type { Preprocessing } from '../../shared/sidecar.ts';
import { formatBytes } from '../modelCandidates.ts';

/** What the model is as a whole: a line for each thing worth knowing. */
export function headOf({ model, layers, parameters, multiplyAdds }: ModelOutline, bytes: number | undefined): string[] {
  const facts: [what: string, text: string][] = [
    ['format', [formatName(model.format), bytes === undefined ? undefined : formatBytes(bytes)].filter(Boolean).join(', ')],
    ['input', inputText(model)],
    [
      'preprocessing',
      model.preprocessing
        ? `${preprocessingText(model.preprocessing)}   from ${model.preprocessingFrom}`
        : 'unknown: asked when a picture is explained',
    ],
    ['output', outputText(model)],
    ['classes', classesText(model)],
    [
      'size',
      `${layers.length.toLocaleString('en')} layers, ${parameters.toLocaleString('en')} parameters, ${countText(multiplyAdds)} multiply-adds`,
    ],
    ...model.warnings.map(({ message }): [string, string] => ['warning', message]),
  ];
  const width = Math.max(...facts.map(([what]) => what.length));
  return facts.map(([what, text]) => `  ${what.padEnd(width)}  ${text}`);
}

function formatName(format: string): string {
  return modelFormats[format as ModelFormat] ?? format;
}

function inputText({ input }: ModelInfo): string {
  const { name, channels, height, width, layout } = input;
  return `${name}: ${shapeText([channels, height, width])}, ${layout === 'NCHW' ? 'channels first' : 'channels last'} in the file`;
}

function outputText({ output, outputs, classes, dense, activation }: ModelInfo): string {
  const at = dense ? ` at ${shapeText([dense.height, dense.width])} cells` : '';
  const others = outputs.length > 1 ? `; one of ${outputs.length}: ${listed(outputs)}` : '';
  return `${output}: ${classes} ${classes === 1 ? 'score' : 'scores'}${at}, ${activation === 'none' ? 'no activation' : activation}${others}`;
}

function classesText({ labels, labelsFrom }: ModelInfo): string {
  return labels ? `${listed(labels)}   from ${labelsFrom}` : 'not named';
}

/** So many names of a list are said. */
const mostListed = 8;

function listed(names: readonly string[]): string {
  const more = names.length - mostListed;
  return names.slice(0, mostListed).join(', ') + (more > 0 ? ` and ${more.toLocaleString('en')} more` : '');
}

/** `RGB, stretch, (x/255 − [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]`; x is a pixel, 0…255. */
export function preprocessingText({ channels, resize, crop, scale, mean, std }: Preprocessing): string {
  const pixel = scaledText(scale);
  const shifted = mean.every((m) => m === 0) ? pixel : `${pixel} − ${valuesText(mean)}`;
  const divided = std.every((s) => s === 1) ? shifted : `(${shifted}) / ${valuesText(std)}`;
  return [channels, resize, crop === undefined ? '' : `centre ${crop}`, divided].filter(Boolean).join(', ');
}

function scaledText(scale: number): string {
  if (scale === 1) return 'x';
  const divisor = Number((1 / scale).toPrecision(6));
  return divisor > 1 ? `x/${divisor}` : `${Number(scale.toPrecision(6))}·x`;
}

function valuesText(values: readonly number[]): string {
  const texts = values.map((value) => String(Number(value.toPrecision(6))));
  return new Set(texts).size === 1 ? (texts[0] as string) : `[${texts.join(', ')}]`;
}

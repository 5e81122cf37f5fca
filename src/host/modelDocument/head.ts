import { countText, shapeText } from '../../shared/layerText.ts';
import type { ModelInfo, ModelOutline } from '../../shared/protocol.ts';
import type { Preprocessing } from '../../shared/sidecar.ts';
import { formatBytes } from '../modelCandidates.ts';

/** What the model is as a whole: a line for each thing worth knowing. */
export function headOf({ model, producer, layers, parameters, multiplyAdds }: ModelOutline, bytes: number | undefined): string[] {
  const whole = (count: number) => count.toLocaleString('en');
  const facts: [what: string, text: string][] = [
    ['format', `${model.format}${bytes === undefined ? '' : `, ${formatBytes(bytes)}`}${producer === undefined ? '' : from(producer)}`],
    ['input', inputText(model)],
    ['preprocessing', fedText(model)],
    ['output', outputText(model)],
    ['classes', model.labels ? `${listed(model.labels)}${from(model.labelsFrom)}` : 'not named'],
    ['size', `${whole(layers.length)} layers, ${whole(parameters)} parameters, ${countText(multiplyAdds)} multiply-adds`],
    ...model.warnings.map(({ message }): [string, string] => ['warning', message]),
  ];
  const width = Math.max(...facts.map(([what]) => what.length));
  return facts.map(([what, text]) => `  ${what.padEnd(width)}  ${text}`);
}

/** Told apart from the fact itself by its distance. */
function from(source: string): string {
  return `   from ${source}`;
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

function fedText({ preprocessing, preprocessingFrom, preprocessingGuessed }: ModelInfo): string {
  if (!preprocessing) return 'unknown: asked when a picture is explained';
  return preprocessingText(preprocessing) + from(preprocessingFrom) + (preprocessingGuessed ? ': a guess, to be checked' : '');
}

/** So many names of a list are said. */
const mostListed = 8;

function listed(names: readonly string[]): string {
  const more = names.length - mostListed;
  return names.slice(0, mostListed).join(', ') + (more > 0 ? ` and ${more.toLocaleString('en')} more` : '');
}

/** `RGB, stretch, (x/255 − [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]`; x is a pixel, 0…255. */
export function preprocessingText({ channels, resize, crop, scale, mean, std }: Preprocessing): string {
  const shifted = [scaledText(scale), shiftText(mean)].filter(Boolean).join(' ');
  const fed = std.every((s) => s === 1) ? shifted : `(${shifted}) / ${valuesText(std)}`;
  return [channels, resize, crop === undefined ? '' : `centre ${crop}`, fed].filter(Boolean).join(', ');
}

function scaledText(scale: number): string {
  if (Math.abs(scale) === 1) return scale < 0 ? '-x' : 'x';
  const divisor = round(1 / scale);
  if (Math.abs(divisor) < 1) return `${round(scale)}·x`;
  return `${divisor < 0 ? '-' : ''}x/${Math.abs(divisor)}`;
}

function shiftText(mean: readonly number[]): string {
  if (mean.every((m) => m === 0)) return '';
  return mean.every((m) => m <= 0) ? `+ ${valuesText(mean.map((m) => -m))}` : `− ${valuesText(mean)}`;
}

/** One number where all are the same. */
function valuesText(values: readonly number[]): string {
  const texts = values.map((value) => String(round(value)));
  return new Set(texts).size === 1 ? (texts[0] as string) : `[${texts.join(', ')}]`;
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}

import type { LayerInfo, OutlineLayer } from './protocol.ts';

/** A count for people, three digits: `896`, `36.9 k`, `1.24 M`, `15.5 G`. */
export function countText(count: number): string {
  const steps = ['', ' k', ' M', ' G', ' T'];
  let value = count;
  let step = 0;
  // 999.5 would be written as 1000 of the smaller unit.
  while (value >= 999.5 && step < steps.length - 1) {
    value /= 1000;
    step++;
  }
  return `${step === 0 ? value : Number(value.toPrecision(3))}${steps[step]}`;
}

/** `64×56×56`, without the batch. */
export function shapeText(shape: readonly number[]): string {
  return shape.join('×');
}

/** Receptive field in pixels: `35`, or `35×17` where rows and columns differ; undefined: all of the image, or no cells. */
export function fieldText({ receptiveField }: Pick<OutlineLayer, 'receptiveField'>): string | undefined {
  return receptiveField && pairText(receptiveField.size);
}

/** [rows, columns] as one number where they are the same. */
export function pairText([rows, columns]: readonly [number, number]): string {
  return rows === columns ? String(rows) : `${rows}×${columns}`;
}

/** `Conv · 64×56×56 · 36.9 k · RF 35`: kind, output, weights where it has some, receptive field. */
export function layerText(layer: Pick<LayerInfo, 'kind' | 'shape' | 'parameters'> & Pick<OutlineLayer, 'receptiveField'>): string {
  const { kind, shape, parameters } = layer;
  const field = fieldText(layer);
  const weights = parameters > 0 ? countText(parameters) : '';
  return [kind, shapeText(shape), weights, field && `RF ${field}`].filter(Boolean).join(' · ');
}

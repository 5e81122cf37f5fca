import type { ModelInfo } from '../../../src/shared/protocol.ts';
import type { UnitLayer } from '../../../src/shared/unitsProtocol.ts';
import { shape } from '../../draw/format.ts';

/** `Conv2D · 64 × 8 × 8 · a cell sees 38 × 38 of 64 × 64 px, the next one 8 px on` */
export function layerFacts({ kind, units, height, width, receptiveField }: UnitLayer, input: ModelInfo['input']): string {
  const isVector = height * width === 1;
  const size = isVector ? `${units} numbers` : shape([units, height, width]);
  return `${kind} · ${size} · ${sight(receptiveField, isVector ? 'a unit' : 'a cell', input)}`;
}

function sight(field: UnitLayer['receptiveField'], what: string, input: ModelInfo['input']): string {
  const whole = [input.height, input.width] as const;
  if (!field) return `${what} sees the whole image`;
  const [rows, columns] = field.size;
  const step = pixels(field.stride);
  if (rows >= whole[0] && columns >= whole[1])
    return `${what} sees the whole image (${shape(field.size)} of ${shape(whole)} px), the next one ${step} on`;
  return `${what} sees ${shape(field.size)} of ${shape(whole)} px, the next one ${step} on`;
}

function pixels([rows, columns]: readonly [number, number]): string {
  return rows === columns ? `${rows} px` : `${rows} px down, ${columns} px across`;
}

import type { FilterInfo, UnitLayer } from '../../../src/shared/unitsProtocol.ts';
import type { UnitsScene } from './scene.ts';
import { tinyScene } from './scenes.ts';

function layer(name: string, kind: string, units: number, filters?: Partial<FilterInfo>): UnitLayer {
  const info = { layer: name, kernel: [3, 3], inputs: 16, group: 1, colour: false } as const;
  return {
    name,
    kind,
    units,
    height: 8,
    width: 8,
    receptiveField: undefined,
    filters: filters && { ...info, ...filters },
    bounds: { low: 0, high: undefined },
  };
}

/** A network with kernels of every kind, turned to those of one layer. */
export function filtersScene(name: string): UnitsScene {
  const scene = tinyScene();
  return {
    ...scene,
    subject: { ...scene.subject, turn: { view: 'filters', layer: name } },
    layers: [
      layer('conv1', 'Conv2D', 96, { kernel: [7, 7], inputs: 3, colour: true }),
      layer('pool', 'MaxPooling2D', 96),
      layer('depthwise', 'DepthwiseConv2D', 96, { inputs: 1, group: 96 }),
      layer('grouped', 'Conv2D', 64, { inputs: 8, group: 4 }),
      layer('rectified', 'ReLU', 64, { layer: 'grouped', inputs: 8, group: 4 }),
      layer('deep', 'Conv2D', 2048, { inputs: 512 }),
      layer('pointwise', 'Conv2D', 256, { kernel: [1, 1], inputs: 512 }),
    ],
    defaultLayer: name,
  };
}

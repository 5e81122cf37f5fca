import type { ExplanationMap, MapRequest } from '../../src/shared/protocol.ts';
import type { Scene, Thing } from './scene.ts';

/** A repeatable noise, −1..1. */
function noise(seed: number): number {
  const x = Math.sin(seed * 12.9898) * 43758.5453;
  return 2 * (x - Math.floor(x)) - 1;
}

interface Kind {
  size(scene: Scene, layer: string): [number, number];
  value(heat: number, cold: number, at: number): number;
  relu: boolean;
  signed: boolean;
  unit: string;
  ms: number;
}

/** As the real methods come out: Grad-CAM small and signed before its ReLU, saliency fine, positive and long-tailed, occlusion signed. */
const kinds: Readonly<Record<string, Kind>> = {
  gradcam: {
    size: (scene, layer) => {
      const [, h = 7, w = 7] = scene.layers.find((l) => l.name === layer)?.shape ?? [];
      return [h, w];
    },
    value: (heat, cold, at) => 1.9 * heat - 0.7 * cold + 0.04 * noise(at) - 0.05,
    relu: true,
    signed: true,
    unit: 'Σ w·A, logit',
    ms: 85,
  },
  saliency: {
    size: (scene) => [scene.fed.height, scene.fed.width],
    value: (heat, _, at) => Math.abs(noise(at)) ** 3 * (0.003 + 0.05 * heat),
    relu: false,
    signed: false,
    unit: 'max over channels of |∂logit/∂input|',
    ms: 132,
  },
  occlusion: {
    size: () => [13, 13],
    value: (heat, cold, at) => 4.2 * heat - 2.1 * cold + 0.12 * noise(at),
    relu: false,
    signed: true,
    unit: 'logit drop',
    ms: 11_840,
  },
};

/** A map that is hot on the things of the class and cold on the others. */
export function makeMap(scene: Scene, request: MapRequest): ExplanationMap {
  const kind = kinds[request.method] ?? kinds.saliency!;
  const layer = request.layer ?? 'input';
  const made = scene.maps?.[`${request.method}/${layer}/${request.class}`];
  const [height, width] = made ? [made.height, made.width] : kind.size(scene, layer);
  const flat = scene.flat?.includes(request.method) ?? false;
  const values = made ? new Float32Array(made.values) : new Float32Array(height * width);
  if (!made) for (let i = 0; i < values.length; i++) values[i] = flat ? 0 : valueAt(scene, request, kind, i, height, width);
  const about = scene.methods.find((m) => m.id === request.method);
  return {
    method: request.method,
    variant: request.variant ?? about?.variants[0]?.id ?? '',
    layer,
    class: { index: request.class ?? 0, label: scene.labels?.[request.class ?? 0] ?? `class ${request.class}` },
    height,
    width,
    values,
    min: values.reduce((a, b) => Math.min(a, b)),
    max: values.reduce((a, b) => Math.max(a, b)),
    relu: kind.relu,
    signed: kind.signed,
    unit: kind.unit,
    flat: flat ? `Every value of this map is 0: at ${layer}, nothing speaks for or against the class.` : undefined,
    params: request.params ?? {},
    engine: 'onnxruntime 1.30.0 (CPU)',
    ms: kind.ms,
  };
}

function valueAt(scene: Scene, request: MapRequest, kind: Kind, i: number, height: number, width: number): number {
  const { covers } = scene.fed;
  const x = covers.x + (((i % width) + 0.5) / width) * covers.width;
  const y = covers.y + ((Math.floor(i / width) + 0.5) / height) * covers.height;
  const sum = (things: readonly Thing[]) =>
    things.reduce((s, t) => s + Math.exp(-((t.x - x) ** 2 + (t.y - y) ** 2) / (2 * t.radius ** 2)), 0);
  const mine = scene.things.filter((t) => t.class === request.class);
  return kind.value(sum(mine), sum(scene.things.filter((t) => !mine.includes(t))), i + 1);
}

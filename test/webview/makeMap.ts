import { targetPhrase } from '../../src/explain/target.ts';
import { className } from '../../src/shared/classScores.ts';
import type { Check, ExplanationMap, MapRequest, MethodFamily, MethodInfo, ParamInfo } from '../../src/shared/protocol.ts';
import type { Scene, Thing } from './scene.ts';

/** A repeatable noise, −1..1. */
function noise(seed: number): number {
  const x = Math.sin(seed * 12.9898) * 43758.5453;
  return 2 * (x - Math.floor(x)) - 1;
}

/** How a method's maps come out: their size, their values, how they are drawn. */
interface Kind extends Pick<ExplanationMap, 'relu' | 'signed' | 'unit' | 'ms'> {
  size: [number, number];
  value(heat: number, cold: number, at: number): number;
}

type Draw = Omit<Kind, 'size'>;

/** As the real methods come out: class activation maps signed before their ReLU, gradients positive and long-tailed, the rest signed. */
const drawn: Readonly<Record<MethodFamily, Draw>> = {
  cam: {
    value: (heat, cold, at) => 1.9 * heat - 0.7 * cold + 0.04 * noise(at) - 0.05,
    relu: true,
    signed: true,
    unit: 'Σ w·A of the logit',
    ms: 85,
  },
  backpropagation: {
    value: (heat, _, at) => Math.abs(noise(at)) ** 3 * (0.003 + 0.05 * heat),
    relu: false,
    signed: false,
    unit: 'logit per unit of input',
    ms: 132,
  },
  relevance: {
    value: (heat, cold, at) => (0.6 * heat - 0.25 * cold) * (1 + noise(at)),
    relu: false,
    signed: true,
    unit: 'relevance, logit',
    ms: 160,
  },
  perturbation: {
    value: (heat, cold, at) => 4.2 * heat - 2.1 * cold + 0.12 * noise(at),
    relu: false,
    signed: true,
    unit: 'logit drop',
    ms: 11_840,
  },
};

function kindOf(scene: Scene, method: MethodInfo, layer: string): Kind {
  const [, h = 7, w = 7] = scene.layers.find((l) => l.name === layer)?.shape ?? [];
  const { height, width } = scene.fed;
  const size: [number, number] = method.at === 'layer' ? [h, w] : method.family === 'perturbation' ? [13, 13] : [height, width];
  return { ...drawn[method.family], size };
}

/** Numbers as they come with the maps of a family: a fact, one that holds, one per layer that does not. */
function checksOf(scene: Scene, { id, family, slow }: MethodInfo): Check[] {
  if (family === 'relevance') {
    const layers = scene.layers.filter((l) => l.spatial).reverse();
    const series = layers.map(({ name }, i) => ({ layer: name, value: 6.1 * (1 - 0.11 * i) }));
    const text = `Of 6.1 logit, ${series.at(-1)?.value.toFixed(2)} arrives at the input: the biases keep the rest.`;
    const kept = {
      id: 'conservation',
      label: 'Conservation, other classes',
      text: 'Σ R stays 6.1 from the logits to the input.',
      ok: true,
    };
    const check = { id: 'conservation', label: 'Conservation', text, ok: false, series };
    return id === 'clrp' ? [check, { ...kept, series: series.map(({ layer }) => ({ layer, value: 6.1 })) }] : [check];
  }
  if (family === 'perturbation')
    return [{ id: 'standard-error', label: 'Standard error', text: '0.08 logit on average over the map.', ok: undefined }];
  if (slow) return [{ id: 'completeness', label: 'Completeness', text: 'The map sums to 6.08 of 6.1 logit (0.3 % off).', ok: true }];
  return [];
}

/** A map that is hot on the things of the class and cold on the others. */
export function makeMap(scene: Scene, request: MapRequest): ExplanationMap {
  const about = scene.methods.find((m) => m.id === request.method);
  if (!about) throw new Error(`There is no method ${request.method}.`);
  const layer = request.layer ?? 'input';
  const kind = kindOf(scene, about, layer);
  const index = request.class ?? scene.logits.indexOf(Math.max(...scene.logits));
  const made = scene.maps?.[`${request.method}/${layer}/${index}`];
  const [height, width] = made ? [made.height, made.width] : kind.size;
  const flat = scene.flat?.includes(request.method) ?? false;
  const values = made ? new Float32Array(made.values) : new Float32Array(height * width);
  if (!made)
    for (let i = 0; i < values.length; i++) values[i] = flat ? 0 : valueAt(scene, { ...request, class: index }, kind, i, height, width);
  const { size: _, value: __, ...look } = kind;
  return {
    method: request.method,
    variant: request.variant ?? about.variants[0]?.id ?? '',
    layer,
    ...targetOf(scene, about, { ...request, class: index }),
    height,
    width,
    values,
    min: values.reduce((a, b) => Math.min(a, b)),
    max: values.reduce((a, b) => Math.max(a, b)),
    ...look,
    flat: flat ? `Every value of this map is 0: at ${layer}, nothing speaks for or against the class.` : undefined,
    checks: checksOf(scene, about),
    params: { ...Object.fromEntries(about.params.map((p) => [p.id, chosenByMethod(p)])), ...request.params },
    engine: 'onnxruntime 1.30.0 (CPU)',
  };
}

/** What a method takes where the person chose nothing: 9 for what it chooses by itself. */
function chosenByMethod({ default: usual, min }: ParamInfo): number | string {
  return typeof usual === 'number' && min !== undefined && usual < min ? 9 : usual;
}

function targetOf(scene: Scene, { targets }: MethodInfo, request: MapRequest): Pick<ExplanationMap, 'class' | 'against' | 'target'> {
  const { outputs = ['logits'], logits, dense } = scene;
  const model = { ...scene, classes: logits.length, outputs, output: outputs[0] ?? '', dense };
  const named = (index: number) => ({ index, label: className(model, index) });
  const { class: index = 0, against, region } = request;
  const phrase = targetPhrase({ class: index, against, ...(region && { region }) }, model, 'logit');
  return {
    class: named(index),
    against: against === undefined ? undefined : named(against),
    target: targets === 'none' ? 'no class: activations alone' : phrase,
  };
}

function valueAt(scene: Scene, request: MapRequest, kind: Kind, i: number, height: number, width: number): number {
  const { covers } = scene.fed;
  const x = covers.x + (((i % width) + 0.5) / width) * covers.width;
  const y = covers.y + ((Math.floor(i / width) + 0.5) / height) * covers.height;
  const sum = (things: readonly Thing[]) =>
    things.reduce((s, t) => s + Math.exp(-((t.x - x) ** 2 + (t.y - y) ** 2) / (2 * t.radius ** 2)), 0);
  const mine = scene.things.filter((t) => t.class === request.class);
  const others = scene.things.filter((t) => (request.against === undefined ? !mine.includes(t) : t.class === request.against));
  return kind.value(sum(mine), sum(others), i + 1);
}

import type { MethodInfo, Prediction } from '../../../src/shared/protocol.ts';
import { currentMethod, variantOf } from '../selectors.ts';
import type { PageState } from '../state.ts';
import { type Kind, kindOf } from './choices.ts';

/** A method in one of its variants. */
export interface MethodRef {
  /** `id:variant` */
  id: string;
  method: MethodInfo;
  variant: string;
}

/** What the grid starts with: fast, each telling something the others do not. */
const usual = [
  'grad-cam',
  'grad-cam++',
  'layer-cam',
  'hires-cam',
  'relevance-cam',
  'saliency',
  'guided-backprop',
  'integrated-gradients',
  'lrp',
];

export function refOf(state: PageState, method: MethodInfo, variant = variantOf(state, method) ?? ''): MethodRef {
  return { id: `${method.id}:${variant}`, method, variant };
}

/** The methods of the rows: as chosen where they exist, else the usual ones. */
export function chosenRefs(state: PageState): MethodRef[] {
  const compare = state.choices.compare ?? {};
  const kind = kindOf(compare);
  const chosen = compare.methods?.[kind]?.flatMap((id) => findRef(state, id) ?? []);
  // None left is a choice too; one that names nothing this version knows is not.
  if (chosen && (chosen.length > 0 || compare.methods?.[kind]?.length === 0)) return chosen;
  return usualRefs(state, kind);
}

function findRef(state: PageState, id: string): MethodRef | undefined {
  const at = id.indexOf(':');
  const method = state.methods.find((m) => m.id === id.slice(0, at));
  const variant = id.slice(at + 1);
  if (!method || (variant !== '' && !method.variants.some((v) => v.id === variant))) return undefined;
  return { id, method, variant };
}

function usualRefs(state: PageState, kind: Kind): MethodRef[] {
  const current = currentMethod(state);
  const fast = state.methods.filter((m) => !m.slow && !refusalOf(state.prediction, m));
  if (kind === 'depth')
    return [current, ...fast]
      .filter((m) => m !== undefined && fits(kind, m))
      .slice(0, 1)
      .map((m) => refOf(state, m as MethodInfo));
  if (kind !== 'methods') return (current ? [current] : fast.slice(0, 1)).map((m) => refOf(state, m));
  const wanted = fast.filter((m) => usual.includes(m.id));
  return (wanted.length > 1 ? wanted : fast.slice(0, 6)).map((m) => refOf(state, m));
}

/** Whether a method can stand in a comparison: through the depth only one with layers. */
export function fits(kind: Kind, method: MethodInfo): boolean {
  return kind !== 'depth' || method.at === 'layer';
}

export function refusalOf(prediction: Prediction | undefined, method: MethodInfo) {
  return prediction?.model.refusals[method.id];
}

/** The variant, where there are several. */
export function variantLabel({ method, variant }: Omit<MethodRef, 'id'>): string {
  if (method.variants.length < 2) return '';
  const label = method.variants.find((v) => v.id === variant)?.label ?? variant;
  return label === method.label ? '' : label;
}

/** After adding or taking away one; in the order of menus. */
export function withRef(state: PageState, id: string, on: boolean): readonly string[] {
  const now = chosenRefs(state).map((ref) => ref.id);
  const wanted = new Set(on ? [...now, id] : now.filter((each) => each !== id));
  const all = state.methods.flatMap((m) => (m.variants.length > 0 ? m.variants.map((v) => `${m.id}:${v.id}`) : [`${m.id}:`]));
  return all.filter((each) => wanted.has(each));
}

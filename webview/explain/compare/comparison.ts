import type { Prediction } from '../../../src/shared/protocol.ts';
import type { PageState } from '../state.ts';
import type { Built, Cell } from './cells.ts';
import { type Kind, kindOf } from './choices.ts';
import type { Other } from './compareState.ts';
import { methodsByLayers, throughDepth } from './layerGrids.ts';
import { chosenRefs, fits, type MethodRef } from './methodRefs.ts';
import { twoClasses } from './twoClasses.ts';
import { twoImages, twoModels } from './twoSubjects.ts';

export interface Comparison extends Built {
  kind: Kind;
  cells: readonly Cell[];
  /** Something to compare with has to be chosen first. */
  needs: 'image' | 'model' | undefined;
}

/** Whether there is anything to compare: a model is chosen, and nothing has to be asked or repaired first. */
export function canCompare({ subject, failure }: PageState): boolean {
  return subject?.modelPath !== undefined && !failure;
}

/** Whether the comparison is in view. */
export function isComparing(state: PageState): boolean {
  return state.choices.compare?.open === true && canCompare(state);
}

let last: { inputs: readonly unknown[]; made: Comparison } | undefined;

/** What the present choices compare; the same object as long as nothing it depends on has changed. */
export function comparison(state: PageState): Comparison {
  const { compare } = state;
  const inputs = [state.prediction, state.choices, state.methods, compare.others];
  if (last && inputs.every((each, i) => each === last?.inputs[i])) return last.made;
  const made = build(state);
  last = { inputs, made };
  return made;
}

function build(state: PageState): Comparison {
  const kind = kindOf(state.choices.compare ?? {});
  const nothing = { kind, sections: [], cells: [], needs: undefined, notes: [] };
  const { prediction } = state;
  if (!prediction) return nothing;
  if ((kind === 'images' || kind === 'models') && !otherOf(state)) return { ...nothing, needs: kind === 'images' ? 'image' : 'model' };
  const refs = chosenRefs(state).filter(({ method }) => fits(kind, method));
  const { sections, notes } = builders[kind](state, prediction, refs);
  const cells = sections.flatMap(({ rows }) => rows.flatMap((row) => row.cells));
  return { ...nothing, sections: sections.filter(({ rows }) => rows.length > 0), cells, notes };
}

type Builder = (state: PageState, prediction: Prediction, refs: readonly MethodRef[]) => Built;

const builders: Readonly<Record<Kind, Builder>> = {
  methods: methodsByLayers,
  depth: throughDepth,
  classes: twoClasses,
  images: twoImages,
  models: twoModels,
};

/** The subject chosen for this kind of comparison, as far as it is there. */
export function otherOf(state: PageState): Other | undefined {
  const kind = kindOf(state.choices.compare ?? {});
  const { image, model } = state.compare.others;
  return kind === 'images' ? image : kind === 'models' ? model : undefined;
}

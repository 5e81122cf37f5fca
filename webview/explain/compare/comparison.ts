import { type ErrorRecord, ModelError, toErrorRecord } from '../../../src/shared/errors.ts';
import type { LayerInfo, MapRequest, Prediction } from '../../../src/shared/protocol.ts';
import { score, shape } from '../../draw/format.ts';
import { classOf, currentClass, currentLayer, labelOf, spatialLayers } from '../selectors.ts';
import type { PageState } from '../state.ts';
import { currentAgainst, currentRegion } from '../targets.ts';
import { type CompareChoices, type Kind, kindOf } from './choices.ts';
import type { Other, Side } from './compareState.ts';
import { chosenRefs, fits, type MethodRef, refusalOf, variantLabel } from './methodRefs.ts';
import { fewEnds, matchLayer, spread } from './spread.ts';

/** One small map with its fixed place. */
export interface Cell {
  /** Names its place. */
  key: string;
  /** Names the map it shows: two cells may show the same one. */
  asks: string;
  side: Side;
  ref: MethodRef;
  /** What is asked for; undefined: made of other cells, not possible, or waiting for the other subject. */
  request: MapRequest | undefined;
  /** Why nothing is asked for. */
  blocked: ErrorRecord | undefined;
  /** A difference: names (`asks`) of the two maps it is of. */
  of: readonly [string, string] | undefined;
  /** What tells it from its neighbours in the row: a layer, a class, an image. */
  title: string;
}

export interface Column {
  title: string;
  about: string;
}

export interface Row {
  id: string;
  title: string;
  about: string;
  cells: readonly Cell[];
}

/** `matrix`: columns have headings; `flow`: one row that wraps, each cell with its own. */
export interface Section {
  layout: 'matrix' | 'flow';
  title: string | undefined;
  columns: readonly Column[];
  rows: readonly Row[];
}

export interface Comparison {
  kind: Kind;
  sections: readonly Section[];
  cells: readonly Cell[];
  /** Something to compare with has to be chosen first. */
  needs: 'image' | 'model' | undefined;
  /** What is worth knowing about how it was put together. */
  notes: readonly string[];
}

/** Whether there is anything to compare: a model is chosen, and nothing has to be asked or repaired first. */
export function canCompare({ subject, failure, trials }: PageState): boolean {
  return subject?.modelPath !== undefined && !failure && !trials?.list;
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
  const { sections, notes = [] } = builders[kind](state, prediction, refs);
  const cells = sections.flatMap(({ rows }) => rows.flatMap((row) => row.cells));
  return { ...nothing, sections: sections.filter(({ rows }) => rows.length > 0), cells, notes };
}

type Builder = (
  state: PageState,
  prediction: Prediction,
  refs: readonly MethodRef[],
) => { sections: readonly Section[]; notes?: readonly string[] };

const builders: Readonly<Record<Kind, Builder>> = { methods: methodsByLayers, depth: throughDepth, classes, images, models };

/** The subject chosen for this kind of comparison, as far as it is there. */
export function otherOf(state: PageState): Other | undefined {
  const kind = kindOf(state.choices.compare ?? {});
  const { image, model } = state.compare.others;
  return kind === 'images' ? image : kind === 'models' ? model : undefined;
}

/** Columns of the grid. */
export function gridLayers(prediction: Prediction, compare: CompareChoices): LayerInfo[] {
  const layers = spatialLayers(prediction);
  return compare.layers === 'blocks' ? fewEnds(layers) : spread(layers, compare.count ?? 6, prediction.model.defaultLayer);
}

function methodsByLayers(state: PageState, prediction: Prediction, refs: readonly MethodRef[]) {
  const layers = gridLayers(prediction, state.choices.compare ?? {});
  const atLayers = refs.filter(({ method }) => method.at === 'layer' && layers.length > 0);
  const atInput = refs.filter(({ method }) => method.at === 'input');
  const target = explained(state);
  const rows = atLayers.map((ref) =>
    row(
      ref,
      layers.map((layer) => asked(state, ref, { layer: layer.name, ...target }, layer.name)),
    ),
  );
  const cells = atInput.map((ref) => asked(state, ref, target, nameOf(ref)));
  const columns = layers.map((layer) => layerColumn(layer, prediction));
  return {
    sections: [
      { layout: 'matrix', title: undefined, columns, rows },
      {
        layout: 'flow',
        title: 'At the input',
        columns: [],
        rows: cells.length > 0 ? [{ id: 'input', title: 'At the input', about: 'one map for all layers', cells }] : [],
      },
    ] satisfies Section[],
    notes: targetNotes(state, refs),
  };
}

/** The target of Explain: a class, maybe minus another. */
function explained(state: PageState): { class: number | undefined; against: number | undefined } {
  const index = currentClass(state);
  return { class: index, against: currentAgainst(state, index) };
}

/** Said where a class is subtracted: not every method can. */
function targetNotes(state: PageState, refs: readonly MethodRef[]): string[] {
  const { class: index, against } = explained(state);
  if (!state.prediction || index === undefined || against === undefined) return [];
  const alone = [...new Set(refs.filter(({ method }) => method.targets !== 'any').map(({ method }) => method.label))];
  const target = `Explained: logit of ${labelOf(state.prediction, index)} − logit of ${labelOf(state.prediction, against)}, as in Explain.`;
  return [alone.length > 0 ? `${target} ${alone.join(', ')}: the first class alone.` : target];
}

function layerColumn({ name, shape: dims }: LayerInfo, { model }: Prediction): Column {
  return { title: name, about: `${shape(dims)}${name === model.defaultLayer ? ' · default' : ''}` };
}

function throughDepth(state: PageState, prediction: Prediction, refs: readonly MethodRef[]) {
  const [ref] = refs;
  const layers = spatialLayers(prediction);
  const chosen = state.choices.compare?.layers === 'blocks' ? fewEnds(layers) : layers;
  const target = explained(state);
  const cells = ref ? chosen.map(({ name }) => asked(state, ref, { layer: name, ...target }, name)) : [];
  return {
    sections: ref && cells.length > 0 ? [{ layout: 'flow', title: undefined, columns: [], rows: [row(ref, cells)] } satisfies Section] : [],
  };
}

/** Class A (the one explained), class B, A − B. */
function classes(state: PageState, prediction: Prediction, refs: readonly MethodRef[]) {
  const [a, b] = classPair(state, prediction);
  const layer = currentLayer(state);
  const plain = state.choices.compare?.difference === 'plain';
  const rows = refs.map((ref) => {
    const of = (index: number) => asked(state, ref, { layer, class: index }, labelOf(prediction, index));
    const [first, second] = [of(a), of(b)];
    const contrast = !plain && ref.method.targets === 'any' && !first.blocked;
    const title = `${first.title} − ${second.title}`;
    const cell = contrast ? asked(state, ref, { layer, class: a, against: b }, title) : differenceOf(first, second, title);
    return row(ref, [first, second, { ...cell, of: [first.asks, second.asks] as const }]);
  });
  const column = (index: number): Column => {
    const found = classOf(prediction, index);
    return { title: found.label, about: score(found) };
  };
  const columns = [column(a), column(b), { title: 'Difference', about: `${labelOf(prediction, a)} − ${labelOf(prediction, b)}` }];
  return { sections: [{ layout: 'matrix', title: undefined, columns, rows } satisfies Section] };
}

/** The explained class and the one it is held against: as chosen; else the true one where the network errs, else the next best. */
export function classPair(state: PageState, prediction: Prediction): [number, number] {
  const a = currentClass(state) ?? 0;
  const chosen = state.choices.compare?.against ?? state.choices.against;
  const candidates = [chosen, prediction.truth?.index, ...prediction.top.map(({ index }) => index)].filter((index) => index !== undefined);
  return [a, candidates.find((index) => index !== a && index < prediction.model.classes) ?? a];
}

function images(state: PageState, prediction: Prediction, refs: readonly MethodRef[]) {
  const other = otherOf(state);
  const same = state.choices.compare?.explained === 'same';
  const layer = currentLayer(state);
  const a = same ? currentClass(state) : prediction.top[0]?.index;
  const b = same ? a : other?.prediction?.top[0]?.index;
  const rows = refs.map((ref) =>
    row(ref, [
      asked(state, ref, { layer, class: a }, prediction.image.name),
      asked(state, ref, { layer, class: b }, other?.subject.imageName ?? '', 'image'),
    ]),
  );
  const columns = [
    { title: prediction.image.name, about: says(prediction) },
    { title: other?.subject.imageName ?? '', about: says(other?.prediction) },
  ];
  return { sections: [{ layout: 'matrix', title: undefined, columns, rows } satisfies Section] };
}

function models(state: PageState, prediction: Prediction, refs: readonly MethodRef[]) {
  const other = otherOf(state);
  const theirs = other?.prediction;
  const mine = currentLayer(state);
  const match = theirs && mine !== undefined ? matchLayer(mine, spatialLayers(prediction), spatialLayers(theirs)) : undefined;
  const [a, b] = modelClasses(state, prediction, theirs);
  const rows = refs.map((ref) => {
    const first = asked(state, ref, { layer: mine, class: a }, prediction.model.name);
    const second = asked(state, ref, { layer: match?.layer.name, class: b }, other?.subject.modelName ?? '', 'model');
    const refused = theirs && b === undefined ? { ...second, request: undefined, blocked: noSuchClass(prediction, a, other) } : second;
    const difference = differenceOf(first, refused, `${first.title} − ${second.title}`);
    return row(ref, [first, refused, { ...difference, blocked: difference.blocked ?? otherQuestion(prediction, a, theirs, b) }]);
  });
  const columns = [
    { title: prediction.model.name, about: `${says(prediction)} · ${mine ?? ''}` },
    { title: other?.subject.modelName ?? '', about: `${says(theirs)}${match ? ` · ${match.layer.name}` : ''}` },
    { title: 'Difference', about: 'first − second, of the two maps' },
  ];
  return {
    sections: [{ layout: 'matrix', title: undefined, columns, rows } satisfies Section],
    notes: match && mine !== undefined ? [howMatched(mine, match)] : [],
  };
}

function howMatched(mine: string, { layer, by }: NonNullable<ReturnType<typeof matchLayer>>): string {
  if (by === 'name') return `Both models have a layer called ${layer.name}.`;
  return `The second model has no layer called ${mine}: ${layer.name}, at the same relative depth, stands for it.`;
}

/** Each its own prediction; or the explained class and the class of that name (without names: of that number) in the other model. */
function modelClasses(state: PageState, prediction: Prediction, theirs: Prediction | undefined): [number | undefined, number | undefined] {
  if (state.choices.compare?.explained !== 'same') return [prediction.top[0]?.index, theirs?.top[0]?.index];
  const a = currentClass(state);
  if (a === undefined || !theirs) return [a, undefined];
  const names = theirs.model.labels;
  if (names && prediction.model.labels) {
    const found = names.indexOf(labelOf(prediction, a));
    return [a, found < 0 ? undefined : found];
  }
  return [a, a < theirs.model.classes ? a : undefined];
}

function noSuchClass(prediction: Prediction, index: number | undefined, other: Other | undefined): ErrorRecord {
  const name = index === undefined ? 'this class' : labelOf(prediction, index);
  return toErrorRecord(
    new ModelError('method', `${other?.subject.modelName ?? 'The other model'} has no class called ${name}.`, {
      hint: 'Let each model explain its own prediction.',
    }),
  );
}

/** A difference of maps of two classes says nothing of the models. */
function otherQuestion(
  mine: Prediction,
  a: number | undefined,
  theirs: Prediction | undefined,
  b: number | undefined,
): ErrorRecord | undefined {
  if (!theirs || a === undefined || b === undefined || labelOf(mine, a) === labelOf(theirs, b)) return undefined;
  return toErrorRecord(
    new ModelError('method', `One map explains ${labelOf(mine, a)}, the other ${labelOf(theirs, b)}: their difference means nothing.`, {
      hint: 'Explain the same class in both.',
    }),
  );
}

/** What a network says of an image, in a few words. */
function says(prediction: Prediction | undefined): string {
  const best = prediction?.top[0];
  return best ? `${best.label} ${score(best)}` : '';
}

function row(ref: MethodRef, cells: readonly Cell[]): Row {
  return {
    id: ref.id,
    title: ref.method.label,
    about: variantLabel(ref),
    cells,
  };
}

export function nameOf(ref: Omit<MethodRef, 'id'>): string {
  const variant = variantLabel(ref);
  return variant === '' ? ref.method.label : `${ref.method.label} (${variant})`;
}

interface Wanted {
  layer?: string | undefined;
  class: number | undefined;
  against?: number | undefined;
}

function asked(state: PageState, ref: MethodRef, wanted: Wanted, title: string, side: Side = 'own'): Cell {
  const subject = side === 'own' ? state : state.compare.others[side];
  const refused = refusalOf(subject?.prediction, ref.method);
  const request =
    subject?.prediction && wanted.class !== undefined ? requestFor(state, ref, { ...wanted, class: wanted.class }) : undefined;
  const other = side === 'own' ? '' : state.compare.others[side]?.subject.id;
  const failure = side === 'own' ? undefined : state.compare.others[side]?.failure;
  const asks = JSON.stringify([side, other, request ?? [ref.id, wanted]]);
  const key = JSON.stringify([title, asks]);
  return { key, asks, side, ref, request: refused ? undefined : request, blocked: failure ?? refused, of: undefined, title };
}

function requestFor(state: PageState, { method, variant }: MethodRef, wanted: Wanted & { class: number }): MapRequest {
  const params = state.choices.params?.[method.id];
  const region = currentRegion(state);
  return {
    method: method.id,
    ...(variant !== '' && { variant }),
    ...(method.at === 'layer' && wanted.layer !== undefined && { layer: wanted.layer }),
    // The same map for every class is asked for once.
    ...(method.targets !== 'none' && { class: wanted.class }),
    ...(wanted.against !== undefined && method.targets === 'any' && { against: wanted.against }),
    ...(region && method.targets !== 'none' && { region }),
    ...(params && Object.keys(params).length > 0 && { params }),
  };
}

/** Made in the page of two maps that are there. */
function differenceOf(a: Cell, b: Cell, title: string): Cell {
  const of = [a.asks, b.asks] as const;
  const asks = JSON.stringify(of);
  return { ...a, key: JSON.stringify([title, asks]), asks, request: undefined, blocked: a.blocked ?? b.blocked, of, title };
}

export function isSlow({ ref }: Cell): boolean {
  return ref.method.slow;
}

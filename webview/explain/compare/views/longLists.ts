import { html, nothing, type TemplateResult } from 'lit';
import type { Prediction } from '../../../../src/shared/protocol.ts';
import { score, shape } from '../../../draw/format.ts';
import { select } from '../../../ui/select.ts';
import { currentLayer, labelOf, spatialLayers } from '../../selectors.ts';
import type { PageState } from '../../state.ts';
import type { CompareActions } from '../compareActions.ts';

/** The likely ones first, then all by number. */
export function classSelect(
  state: PageState,
  testid: string,
  label: string,
  value: number,
  onChange: (index: number) => void,
): TemplateResult {
  const { prediction } = state;
  if (!prediction) return html``;
  return select({ testid, label, value: String(value), groups: classGroups(prediction), onChange: (id) => onChange(Number(id)) });
}

interface Group {
  label: string;
  options: readonly { id: string; label: string }[];
}

const groupsOf = new WeakMap<Prediction, readonly Group[]>();

/** Worked out once: there may be a thousand classes, and a move of the pointer draws the page anew. */
function classGroups(prediction: Prediction): readonly Group[] {
  const known = groupsOf.get(prediction);
  if (known) return known;
  const likely = [...prediction.top, ...(prediction.truth ? [prediction.truth] : [])];
  const scored = new Map(likely.map((each) => [each.index, { id: String(each.index), label: `${each.label} · ${score(each)}` }]));
  const others = Array.from({ length: prediction.model.classes }, (_, index) => index).filter((index) => !scored.has(index));
  const groups = [
    { label: 'Most likely', options: [...scored.values()] },
    { label: 'All others', options: others.map((index) => ({ id: String(index), label: labelOf(prediction, index) })) },
  ].filter(({ options }) => options.length > 0);
  groupsOf.set(prediction, groups);
  return groups;
}

/** The layer of both sides: the same as in Explain. */
export function layerSelect(state: PageState, compare: CompareActions): TemplateResult | typeof nothing {
  const { prediction } = state;
  const value = currentLayer(state);
  if (!prediction || value === undefined) return nothing;
  return select({
    testid: 'compare-layer',
    label: 'Layer',
    value,
    groups: layerGroups(prediction),
    onChange: (id) => compare.chooseShared({ layer: id }),
  });
}

const layersOf = new WeakMap<Prediction, readonly Group[]>();

function layerGroups(prediction: Prediction): readonly Group[] {
  const known = layersOf.get(prediction);
  if (known) return known;
  const options = spatialLayers(prediction).map(({ name, shape: dims }, i) => ({ id: name, label: `${i + 1} · ${name} · ${shape(dims)}` }));
  const groups = [{ label: 'In order of depth', options }];
  layersOf.set(prediction, groups);
  return groups;
}

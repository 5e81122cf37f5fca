import type { LayerInfo, Prediction } from '../../../src/shared/protocol.ts';
import { shape } from '../../draw/format.ts';
import { currentClass, labelOf, spatialLayers } from '../selectors.ts';
import type { PageState } from '../state.ts';
import { currentAgainst } from '../targets.ts';
import { asked, type Built, type Column, nameOf, row } from './cells.ts';
import type { CompareChoices } from './choices.ts';
import type { MethodRef } from './methodRefs.ts';
import { fewEnds, spread } from './spread.ts';

/** Columns of the grid. */
export function gridLayers(prediction: Prediction, compare: CompareChoices): LayerInfo[] {
  const layers = spatialLayers(prediction);
  return compare.layers === 'blocks' ? fewEnds(layers) : spread(layers, compare.count ?? 6, prediction.model.defaultLayer);
}

/** Methods in the rows, layers in the columns; below, the methods that work on the input. */
export function methodsByLayers(state: PageState, prediction: Prediction, refs: readonly MethodRef[]): Built {
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
    ],
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

/** One method at every layer. */
export function throughDepth(state: PageState, prediction: Prediction, refs: readonly MethodRef[]): Built {
  const [ref] = refs;
  const layers = spatialLayers(prediction);
  const chosen = state.choices.compare?.layers === 'blocks' ? fewEnds(layers) : layers;
  const target = explained(state);
  const cells = ref ? chosen.map(({ name }) => asked(state, ref, { layer: name, ...target }, name)) : [];
  return {
    sections: ref && cells.length > 0 ? [{ layout: 'flow', title: undefined, columns: [], rows: [row(ref, cells)] }] : [],
    notes: targetNotes(state, refs.slice(0, 1)),
  };
}

import { ModelError } from '../../../src/shared/errors.ts';
import type { ExplanationMap, Prediction } from '../../../src/shared/protocol.ts';
import type { PageState } from '../state.ts';
import type { Cell } from './cells.ts';
import { kindOf, sharingOf } from './choices.ts';
import { type GridModel, gridModel } from './gridModel.ts';
import { paintSheet } from './paintSheet.ts';

export interface GridExport {
  png: Uint8Array;
  /** For the file's name: what kind of comparison it is. */
  name: string;
  provenance: Readonly<Record<string, unknown>>;
}

/** The whole comparison as one picture, and where each of its maps comes from. */
export async function exportGrid(state: PageState): Promise<GridExport> {
  const model = gridModel(state);
  const canvas = paintSheet(state, model);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new ModelError('internal', 'The browser made no PNG of the comparison.', { hint: 'Compare fewer layers.' });
  return { png: new Uint8Array(await blob.arrayBuffer()), name: `compare-${model.comparison.kind}`, provenance: provenance(state, model) };
}

function provenance(state: PageState, model: GridModel): Readonly<Record<string, unknown>> {
  const compare = state.choices.compare ?? {};
  const { image, model: second } = state.compare.others;
  const other = kindOf(compare) === 'images' ? image : kindOf(compare) === 'models' ? second : undefined;
  return {
    tool: 'Glassbox',
    comparison: kindOf(compare),
    subject: state.prediction && subject(state.prediction),
    ...(other?.prediction && { other: subject(other.prediction) }),
    colorScale: sharingOf(compare),
    maps: model.comparison.cells.map((cell) => described(model, cell)),
  };
}

function subject({ model, image }: Prediction) {
  return {
    model: model.path,
    modelHash: model.hash,
    image: image.path,
    imageHash: image.hash,
    engine: model.engine,
    preprocessing: model.preprocessing,
  };
}

function described({ contents, scales }: GridModel, cell: Cell): Readonly<Record<string, unknown>> {
  const content = contents.get(cell.key);
  const common = { subject: cell.side === 'own' ? 'first' : 'second', method: cell.ref.method.id, variant: cell.ref.variant };
  if (content?.state === 'failed') return { ...common, request: cell.request, error: content.error.message };
  if (!content?.map || content.state === 'running') return { ...common, request: cell.request, error: 'not computed' };
  const scale = scales.get(cell.key);
  return {
    ...common,
    ...facts(content.map),
    made: content.note,
    colors: scale && { from: scale.low, to: scale.high, map: scale.colorMap },
  };
}

function facts({ layer, class: of, against, target, params, unit, min, max, height, width, flat }: ExplanationMap) {
  return { layer, class: of, against, target, params, unit, min, max, cells: [height, width], flat };
}

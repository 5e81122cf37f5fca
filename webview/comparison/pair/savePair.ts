import { ModelError } from '../../../src/shared/errors.ts';
import type { ComparedImage, ComparisonSubject } from '../../../src/shared/trainingProtocol.ts';
import type { Flow } from '../flow.ts';
import { currentImage, nameOf } from '../selectors.ts';
import type { ComparisonState } from '../state.ts';
import { paintPairSheet } from './paintPairSheet.ts';
import { pairModel } from './pairModel.ts';

/** Both maps and their difference as one picture, with where they come from beside it. */
export async function savePair(state: ComparisonState, flow: Flow): Promise<void> {
  const { subject, both } = state;
  const path = currentImage(state);
  const image = both.value;
  if (!subject || !image || path === undefined) return;
  const saved = await flow.ask(async (generation) => {
    const model = pairModel({ from: image.from.map, to: image.to.map }, state.choices.measure);
    const canvas = paintPairSheet(subject, image, model, { path, bare: state.choices.bare, cells: state.choices.cells });
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (!blob) throw new ModelError('internal', 'The browser made no PNG of the pictures.', { hint: 'Try again.' });
    const png = new Uint8Array(await blob.arrayBuffer());
    const name = `${nameOf(path).replace(/\.[^.]*$/, '')}-${subject.from.name}-${subject.to.name}`;
    return await flow.client.call('savePicture', { generation, png, name, provenance: provenance(state, subject, image, path) });
  });
  if (saved?.savedAs !== undefined) flow.say(`Saved as ${saved.savedAs}`);
}

function provenance(
  { choices, results }: ComparisonState,
  subject: ComparisonSubject,
  image: ComparedImage,
  path: string,
): Readonly<Record<string, unknown>> {
  const { scale, differenceScale, correlation } = pairModel({ from: image.from.map, to: image.to.map }, choices.measure);
  const side = (which: 'from' | 'to') => {
    const { name, path: model, version } = subject[which];
    const { map, kept, error } = image[which];
    return {
      ...{ checkpoint: name, model, version: results.frames[which]?.version ?? version, kept, error: error?.message },
      predicted: image.predicted[which],
      map: map && {
        method: map.method,
        variant: map.variant,
        layer: map.layer,
        params: map.params,
        cells: [map.height, map.width],
        min: map.min,
        max: map.max,
        unit: map.unit,
      },
    };
  };
  return {
    ...{ comparison: 'checkpoints', run: subject.run, image: path, explained: image.explained, truth: image.truth },
    ...{ from: side('from'), to: side('to'), measure: choices.measure },
    colors: {
      maps: scale && { from: scale.low, to: scale.high },
      difference: differenceScale && {
        of: `${subject.to.name} − ${subject.from.name}`,
        from: differenceScale.low,
        to: differenceScale.high,
      },
    },
    rankCorrelation: correlation,
    classes: image.classes,
  };
}

import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { scoresClasses } from '../../shared/classScores.ts';
import { throwIfAborted } from '../../shared/errors.ts';
import type { ModelInfo } from '../../shared/protocol.ts';
import type { SpaceRows } from '../../shared/spaceProtocol.ts';
import type { SpaceHandler } from './handler.ts';
import { type IndexedFeatures, openIndex } from './openIndex.ts';
import { folderOf, rowLabels } from './rowLabels.ts';
import { type Said, saidOf } from './said.ts';
import { keepSpaceSet } from './spaceSets.ts';

/** The indexed ones of the images, with labels and predictions; what is compared of them stays in memory for calls about these rows. */
export const rows: SpaceHandler<'rows'> = async (services, { images, roots, labelFile, ...of }, { signal }) => {
  const index = await openIndex(services, of, signal);
  const labels = await rowLabels(index.info, { images, roots, labelFile });
  throwIfAborted(signal);
  const features = await index.features([...new Set(images)], signal);
  const { paths, hashes, vectors, pixels, pixelLength } = features;
  const count = paths.length;
  const told: Omit<SpaceRows, 'revision'> = {
    layer: index.layer,
    count,
    paths,
    classes: labels.classes,
    modelClasses: labels.modelClasses,
    labels: Int32Array.from(paths, (path) => labels.labelOf(path)),
    labelSource: labels.source,
    ...predictions(index.info, features, labels.labelOf),
    ...foldersOf(paths, roots),
    warnings: labels.warnings,
  };
  const revision = revisionOf(index.open.model.hash, JSON.stringify(index.preprocessing), hashes, told);
  const all = { revision, ...told };
  keepSpaceSet(services, {
    revision,
    rows: all,
    features: { data: vectors, count, dimensions: index.layer.dimensions },
    pixels: { data: pixels, count, dimensions: pixelLength },
    hashes,
    of: { model: of.model, store: of.store, layer: index.layer.name },
  });
  return all;
};

/** What the network said of each row. */
function predictions(
  info: ModelInfo,
  { paths, classes, logits, best, logSumExp }: IndexedFeatures,
  labelOf: (path: string) => number,
): Pick<SpaceRows, 'predicted' | 'confidence' | 'margin' | 'trueProbability'> {
  const count = paths.length;
  const predicted = new Int32Array(count).fill(-1);
  const [confidence, margin, trueProbability] = [0, 1, 2].map(() => new Float32Array(count).fill(Number.NaN)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  if (!scoresClasses(info)) return { predicted, confidence, margin, trueProbability };
  for (let row = 0; row < count; row++) {
    const said: Said = saidOf(info, {
      classes: classes.subarray(row * best, (row + 1) * best),
      logits: logits.subarray(row * best, (row + 1) * best),
      logSumExp: logSumExp[row] as number,
    });
    predicted[row] = said.predicted;
    confidence[row] = said.confidence;
    margin[row] = said.margin;
    trueProbability[row] = said.probabilityOf(labelOf(paths[row] as string));
  }
  return { predicted, confidence, margin, trueProbability };
}

function foldersOf(paths: readonly string[], roots: readonly string[]): Pick<SpaceRows, 'folder' | 'folders'> {
  const names = new Map<string, number>();
  const known = new Map<string, number>();
  const folder = Int32Array.from(paths, (path) => {
    const directory = dirname(path);
    const seen = known.get(directory);
    if (seen !== undefined) return seen;
    const name = folderOf(path, roots);
    const index = names.get(name) ?? names.size;
    names.set(name, index);
    known.set(directory, index);
    return index;
  });
  return { folder, folders: [...names.keys()] };
}

/** The same for the same images with the same features and labels, in the same order. */
function revisionOf(model: string, preprocessing: string, hashes: readonly string[], rows: Omit<SpaceRows, 'revision'>): string {
  const { layer, paths, classes, modelClasses, labels, labelSource, warnings } = rows;
  const hash = createHash('sha256');
  for (const part of [model, preprocessing, layer, modelClasses, classes, labelSource, warnings]) hash.update(`${JSON.stringify(part)}\n`);
  for (const [i, path] of paths.entries()) hash.update(`${hashes[i]} ${path}\n`);
  hash.update(new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength));
  return hash.digest('hex');
}

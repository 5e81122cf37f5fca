import type { Metric, Neighbour, Neighbourhood, PairSide, SpaceRows } from '../../../../src/shared/spaceProtocol.ts';
import type { RgbPixels } from '../../../../src/shared/unitsProtocol.ts';
import { noise } from '../../units/made.ts';
import { placeOf, thumbnailOf } from '../made.ts';
import type { SpaceScene } from '../scene.ts';
import type { Answers } from './answer.ts';

/** Neighbours by the places of the map, and at random for the pixels; the query of a picture that is not of the data set is the first row. */
export const neighboursAnswers: Answers = {
  neighbours: async ({ revision, image, k, metric }, { host, scene }) => {
    const rows = host.rowsNamed(revision);
    const row = rows.paths.indexOf(image);
    const features = nearest(rows, k, row, (other) => distanceOf(scene, metric, Math.max(0, row), other));
    return {
      revision,
      query: {
        image: { path: image, name: image.split('/').at(-1) ?? '' },
        row,
        label: rows.labels[row] ?? -1,
        predicted: rows.predicted[Math.max(0, row)] ?? -1,
        confidence: rows.confidence[Math.max(0, row)] ?? Number.NaN,
        picture: await pictureOf(scene, image),
      },
      metric,
      features,
      pixels: nearest(rows, k, row, (other) => noise('pixels', row, other)),
      copies: [],
      searched: rows.count,
      recall: undefined,
      ms: 3,
    } satisfies Neighbourhood;
  },
  pair: async ({ image, other, layer }, { scene }) => {
    const sides = [await sideOf(scene, image), await sideOf(scene, other)] as const;
    return {
      layer: 'conv2d_2',
      featureLayer: layer,
      cosine: 0.8123,
      sides,
      exact: true,
      about: 'What each cell adds (Stylianou 2019).',
      ms: 12,
    };
  },
};

function nearest(rows: SpaceRows, k: number, own: number, distance: (row: number) => number): Neighbour[] {
  const all = Array.from({ length: rows.count }, (_, row) => ({ row, distance: distance(row) })).filter(({ row }) => row !== own);
  return all.sort((a, b) => a.distance - b.distance || a.row - b.row).slice(0, k);
}

/** What is answered, for a test to compare with. */
export function distanceOf(scene: SpaceScene, metric: Metric, a: number, b: number): number {
  const [p, q] = [placeOf(scene, a), placeOf(scene, b)];
  if (metric === 'euclidean') return Math.hypot(p[0] - q[0], p[1] - q[1]);
  return Math.max(0, 1 - (p[0] * q[0] + p[1] * q[1]) / (Math.hypot(...p) * Math.hypot(...q)));
}

async function pictureOf(scene: SpaceScene, path: string): Promise<RgbPixels> {
  const bitmap = await createImageBitmap(new Blob([new Uint8Array(await thumbnailOf(scene, path))]));
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('There is no canvas.');
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, (_, i) => data[4 * Math.floor(i / 3) + (i % 3)] ?? 0) };
}

async function sideOf(scene: SpaceScene, path: string): Promise<PairSide> {
  const picture = await pictureOf(scene, path);
  const cells = 8;
  const [x, y] = [noise(path, 'x'), noise(path, 'y')];
  const values = Float32Array.from({ length: cells * cells }, (_, i) => {
    const far = Math.hypot((i % cells) / cells - 0.28 - 0.44 * x, Math.floor(i / cells) / cells - 0.3 - 0.4 * y);
    return 0.06 * Math.exp(-far * far * 40);
  });
  const centres = Float32Array.from({ length: cells }, (_, i) => ((i + 0.5) * picture.width) / cells - 0.5);
  return {
    image: { path, name: path.split('/').at(-1) ?? '' },
    picture,
    input: [picture.height, picture.width],
    height: cells,
    width: cells,
    values,
    placement: { rows: centres, columns: centres, even: false },
    sum: values.reduce((sum, value) => sum + value, 0),
  };
}

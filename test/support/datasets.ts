// The data sets of ../shared as people have them: a folder of pictures for each class.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

const cifarClasses = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

interface Pictures {
  side: number;
  channels: 1 | 3;
  /** [count, side·side·channels]. */
  pixels: Uint8Array;
  classOf(index: number): string;
}

/** The test pictures of CIFAR-10: row i of one large PNG is picture i. `folder`: that of the data set in ../shared. */
export async function cifarPictures(folder: string): Promise<Pictures> {
  const labels = JSON.parse(await readFile(join(folder, 'test_lables.json'), 'utf8')) as number[];
  const { data } = await sharp(join(folder, 'test_batch.png'), { limitInputPixels: false })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { side: 32, channels: 3, pixels: data, classOf: (index) => cifarClasses[labels[index]!]! };
}

/** The test digits of MNIST, in IDX files. */
export async function mnistPictures(folder: string): Promise<Pictures> {
  const pixels = (await readFile(join(folder, 't10k-images-idx3-ubyte'))).subarray(16);
  const labels = (await readFile(join(folder, 't10k-labels-idx1-ubyte'))).subarray(8);
  return { side: 28, channels: 1, pixels, classOf: (index) => String(labels[index]) };
}

/** Writes the first `count` as PNGs into class folders of `to`; returns their paths in order. */
export async function writePictures({ side, channels, pixels, classOf }: Pictures, count: number, to: string): Promise<string[]> {
  const size = side * side * channels;
  const paths: string[] = [];
  for (let i = 0; i < count; i++) {
    const folder = join(to, classOf(i));
    await mkdir(folder, { recursive: true });
    const path = join(folder, `${String(i).padStart(5, '0')}.png`);
    await sharp(pixels.subarray(i * size, (i + 1) * size), { raw: { width: side, height: side, channels } })
      .png({ compressionLevel: 1 })
      .toFile(path);
    paths.push(path);
  }
  return paths;
}

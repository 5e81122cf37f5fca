import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

/** Different parts, 500 × 375 pixels, of the photographs. */
export async function makePhotographs(from: string, folder: string, count: number): Promise<string[]> {
  const found = await readdir(from, { recursive: true });
  const sources: { path: string; width: number; height: number }[] = [];
  for (const name of found.filter((n) => n.endsWith('.jpg')).sort()) {
    const { width, height } = await sharp(join(from, name)).metadata();
    if (width > 510 && height > 385) sources.push({ path: join(from, name), width, height });
  }
  const images: string[] = [];
  for (let i = 0; i < count; i++) {
    const { path, width, height } = sources[i % sources.length] as (typeof sources)[number];
    const [left, top] = [(i * 37) % (width - 500), (i * 53) % (height - 375)];
    const to = join(folder, `${i}.jpg`);
    await sharp(path).extract({ left, top, width: 500, height: 375 }).jpeg({ quality: 90 }).toFile(to);
    images.push(to);
  }
  return images;
}

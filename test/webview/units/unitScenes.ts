import type { Locator, Page } from 'playwright-core';
import { byId } from '../open.ts';
import { turned } from './collected.ts';
import type { UnitsScene } from './scene.ts';
import { tinyScene } from './scenes.ts';

/** The layer that `unitScene` is about. */
export const layer = tinyScene().layers.find(({ name }) => name === 'conv2d_3')!;

/** A unit's own page. */
export function unitScene(unit: number, change: Partial<UnitsScene> = {}): UnitsScene {
  return turned({ ...tinyScene(), ...change }, { view: 'patches', layer: layer.name, unit });
}

/** Bytes of a canvas, [height·width·4]. As base64 on their way: half a million numbers as JSON take seconds. */
export async function pixelsOf(canvas: Locator): Promise<{ width: number; height: number; data: number[] }> {
  const { bytes, ...size } = await canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const copy = new OffscreenCanvas(width, height).getContext('2d')!;
    copy.drawImage(element as HTMLCanvasElement, 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    const rows = Array.from({ length: height }, (_, y) => String.fromCharCode(...data.subarray(4 * width * y, 4 * width * (y + 1))));
    return { width, height, bytes: btoa(rows.join('')) };
  });
  return { ...size, data: [...Buffer.from(bytes, 'base64')] };
}

export async function allThere(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelectorAll('canvas[data-testid=unit-map]').length === 8);
  await byId(page, 'histogram').waitFor();
  await byId(page, 'classes-about').waitFor();
}

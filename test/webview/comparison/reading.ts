// What a test reads of the page about two checkpoints.
import type { Page } from 'playwright-core';
import { byId } from '../open.ts';

/** Both maps of a picture are there. */
export async function settledPair(page: Page): Promise<void> {
  await page.waitForSelector('[data-testid=pair][aria-busy=false]:not([data-image=""])');
}

/** Parameters of the calls that the host has had, once there are so many. */
export async function calls(page: Page, name: string, count: number): Promise<Record<string, unknown>[]> {
  await page.waitForFunction(([of, least]) => window.comparisonHost.calls(of as string).length >= (least as number), [
    name,
    count,
  ] as const);
  return await page.evaluate((of) => window.comparisonHost.calls(of).map(({ params }) => params), name);
}

/** RGB of a canvas in the middle of a cell. */
export async function colourAt(page: Page, id: string, cell: number): Promise<number[]> {
  return await byId(page, id).evaluate((node, at) => {
    const canvas = node as HTMLCanvasElement;
    const [x, y] = [(((at % 8) + 0.5) / 8) * canvas.width, ((Math.floor(at / 8) + 0.5) / 8) * canvas.height];
    const copy = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
    copy.drawImage(canvas, -Math.floor(x), -Math.floor(y));
    return [...copy.getImageData(0, 0, 1, 1).data].slice(0, 3);
  }, cell);
}

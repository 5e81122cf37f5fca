import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import type { MapRequest } from '../../src/shared/protocol.ts';
import { byId } from './open.ts';

/** Opens the comparison of a kind and waits until all its maps are there. */
export async function compare(page: Page, kind: string): Promise<void> {
  await forget(page);
  await byId(page, 'mode-compare').click();
  await byId(page, `kind-${kind}`).click();
  await compared(page);
}

export async function compared(page: Page, state = 'ready'): Promise<void> {
  await page.waitForSelector(`[data-testid=compare][data-state=${state}]`, { timeout: 10_000 });
}

/** Selector of the cells that match all attributes: `{ method: 'grad-cam', layer: 'conv2d_3' }`. */
export function cellSelector(attributes: Readonly<Record<string, string>>): string {
  return `[data-testid=cell]${Object.entries(attributes)
    .map(([name, value]) => `[data-${name}="${value}"]`)
    .join('')}`;
}

export function cell(page: Page, attributes: Readonly<Record<string, string>>) {
  return page.locator(cellSelector(attributes));
}

/** What an element says, white space as one blank. */
export async function said(of: Locator): Promise<string> {
  return ((await of.textContent()) ?? '').replaceAll(/\s+/g, ' ').trim();
}

/** Colour of a cell's canvas at shares of its width and height. */
export async function colorIn(page: Page, attributes: Readonly<Record<string, string>>, u: number, v: number): Promise<number[]> {
  return await cell(page, attributes)
    .locator('canvas')
    .evaluate(
      (canvas, [x, y]) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const copy = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
        copy.drawImage(canvas as HTMLCanvasElement, -Math.floor(x! * width), -Math.floor(y! * height));
        return [...copy.getImageData(0, 0, 1, 1).data];
      },
      [u, v],
    );
}

export interface Asked {
  requests: MapRequest[];
  other: string | undefined;
  ended: string;
}

/** Leaves the calls out that were made so far. */
export async function forget(page: Page): Promise<void> {
  await page.evaluate(() => void window.host.log.splice(0));
}

/** The comparison's calls of `explainAll`; Explain's own have other priorities. */
export async function asked(page: Page): Promise<Asked[]> {
  return await page.evaluate(() => {
    const own = window.host.calls('explainAll').filter(({ params }) => params.priority === 8);
    return own.map(({ params, ended }) => {
      const { requests, other } = params as unknown as { requests: MapRequest[]; other?: string };
      return { requests, other, ended };
    });
  });
}

/** Number in a text of the page, whose minus is a true one. */
export function numberIn(text: string): number {
  const found = /−?\d[\d.]*(e−?\d+)?/.exec(text);
  assert.ok(found, `no number in '${text}'`);
  return Number(found[0].replaceAll('−', '-'));
}

import type { Locator, Page } from 'playwright-core';
import type { UnitsScene } from './scene.ts';
import { tinyScene } from './scenes.ts';

/** The page turns to this view, layer or unit when it opens. */
export function turned(scene: UnitsScene, turn: NonNullable<UnitsScene['subject']['turn']>): UnitsScene {
  return { ...scene, subject: { ...scene.subject, turn } };
}

/** The wall of patches of a layer of the small network, with this much collected. */
export function patchesScene(change: Partial<UnitsScene> = {}, layer = 'conv2d_3'): UnitsScene {
  return turned({ ...tinyScene(), ...change }, { view: 'patches', layer });
}

/** The data set with more images, or fewer. */
export function withImages(scene: UnitsScene, count: number): UnitsScene {
  const images = Array.from({ length: count }, (_, i) => ({ path: `/ws/many/${i}.png`, name: `${i}.png` }));
  return { ...scene, subject: { ...scene.subject, dataset: { label: 'many', images, capped: false } } };
}

/** What an element says, white space as one blank. */
export async function said(of: Locator): Promise<string> {
  return ((await of.textContent()) ?? '').replaceAll(/\s+/g, ' ').trim();
}

/** Parameters of the calls of that name without their generation, and how they ended. */
export async function calls(page: Page, method: string): Promise<{ params: Record<string, unknown>; ended: string }[]> {
  return await page.evaluate(
    (name) => window.unitsHost.calls(name).map(({ params: { generation: _, ...params }, ended }) => ({ params, ended })),
    method,
  );
}

/** Numbers of the units of the wall from top to bottom. */
export async function unitsOnWall(page: Page): Promise<number[]> {
  return await page
    .locator('[data-testid=unit-head]')
    .evaluateAll((heads) => heads.map((head) => Number((head as HTMLElement).dataset.unit)));
}

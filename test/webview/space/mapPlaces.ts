import type { Page } from 'playwright-core';
import sharp from 'sharp';
import type { LayoutRequest } from '../../../src/shared/spaceProtocol.ts';
import { boundsOf, type Point, transformOf, whole } from '../../../webview/draw/camera.ts';
import type { Rgb } from '../../../webview/draw/classColours.ts';
import { byId } from '../open.ts';
import { positionsOf } from './answers/map.ts';
import type { SpaceScene } from './scene.ts';

/** The layout has ended and the view has come to rest. */
export async function laidOut(page: Page): Promise<void> {
  await page.waitForSelector('[data-testid=map][data-run=done]', { timeout: 20_000 });
  await atRest(page);
}

/** Nothing on the map moves any more: two frames in a row look the same. */
export async function atRest(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const pen = new OffscreenCanvas(400, 300).getContext('2d', { willReadFrequently: true });
    const look = () => {
      pen?.clearRect(0, 0, 400, 300);
      for (const canvas of document.querySelectorAll<HTMLCanvasElement>('[data-testid=map-surface] canvas'))
        pen?.drawImage(canvas, 0, 0, 400, 300);
      return new Uint32Array(pen?.getImageData(0, 0, 400, 300).data.buffer ?? []);
    };
    let before = new Uint32Array();
    for (let i = 0, same = 0; i < 200 && same < 3; i++) {
      await frame();
      const now = look();
      const last = before;
      same = now.length === last.length && now.every((pixel, at) => pixel === last[at]) ? same + 1 : 0;
      before = now;
    }
  });
}

/** Where each point is on the page as long as the whole map is in sight, CSS pixels. */
export async function pointsOnPage(
  page: Page,
  scene: SpaceScene,
  request: LayoutRequest = { method: 'tsne' },
  share = 1,
): Promise<Point[]> {
  const box = await byId(page, 'map-surface').boundingBox();
  if (!box) throw new Error('There is no map.');
  const border = 1;
  const positions = positionsOf(scene, request, scene.indexed, share);
  const size = { width: box.width - 2 * border, height: box.height - 2 * border };
  const { scale, left, top } = transformOf(whole, boundsOf(positions), size);
  return Array.from({ length: scene.indexed }, (_, row) => ({
    x: box.x + border + (positions[2 * row] as number) * scale + left,
    y: box.y + border + top - (positions[2 * row + 1] as number) * scale,
  }));
}

/** A point that no other one is near to: so many CSS pixels around it are its own. */
export function lonely(points: readonly Point[], apart: number, also: (row: number) => boolean = () => true): number {
  const found = points.findIndex(
    (p, row) => also(row) && points.every((q, other) => other === row || Math.hypot(p.x - q.x, p.y - q.y) > apart),
  );
  if (found < 0) throw new Error('Every point has another one beside it.');
  return found;
}

/** Pixels of the map as a person sees it. */
export async function shotOf(page: Page, testid = 'map-surface'): Promise<Shot> {
  const box = await byId(page, testid).boundingBox();
  if (!box) throw new Error('There is no map.');
  const png = await page.screenshot({ clip: box });
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const density = width / box.width;
  return {
    at: ({ x, y }) => {
      const i = 3 * (Math.floor((y - box.y) * density) * width + Math.floor((x - box.x) * density));
      return [data[i] as number, data[i + 1] as number, data[i + 2] as number];
    },
    count: (colour) => {
      let found = 0;
      for (let i = 0; i < 3 * width * height; i += 3)
        if (isNear([data[i] as number, data[i + 1] as number, data[i + 2] as number], colour)) found++;
      return found;
    },
  };
}

export interface Shot {
  /** Colour at a place of the page. */
  at(place: Point): Rgb;
  /** Pixels of a colour. */
  count(colour: Rgb): number;
}

export function isNear(a: Rgb, b: Rgb): boolean {
  return a.every((value, i) => Math.abs(value - (b[i] as number)) <= 8);
}

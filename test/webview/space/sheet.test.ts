import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import type { MapRequest } from '../../../src/shared/protocol.ts';
import type { SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import { byId, screenshot, textOf } from '../open.ts';
import { rowsOf } from './made.ts';
import { useSpacePage } from './open.ts';
import type { SpaceScene } from './scene.ts';
import { smallScene } from './scenes.ts';

const { withPage } = useSpacePage();

const quickly = (host: Window['spaceHost']) => {
  host.pace.ms = 0;
};
const slowly = (host: Window['spaceHost']) => {
  host.pace.ms = 80;
};

function scene(patch: Partial<SpaceScene> = {}): SpaceScene {
  const made = smallScene(patch);
  return { ...made, subject: { ...made.subject, turn: { view: 'mistakes' } } };
}

function rowsIn(of: SpaceScene): SpaceRows {
  return rowsOf(of, of.layers[1]!, of.indexed);
}

/** Mistakes of moons. */
function missed(rows: SpaceRows): number[] {
  return Array.from({ length: rows.count }, (_, row) => row).filter((row) => rows.labels[row] === 8 && rows.predicted[row] !== 8);
}

async function openSheet(page: Page): Promise<void> {
  await byId(page, 'edge-8-10').click();
  await byId(page, 'act-sheet').click();
  await byId(page, 'sheet').waitFor();
}

async function ended(page: Page): Promise<void> {
  await page.waitForSelector('[data-testid=sheet][data-state=ended]');
}

async function asked(page: Page): Promise<{ image: string; request: MapRequest }[]> {
  return await page.evaluate(() =>
    window.spaceHost.calls('explain').map(({ params }) => params as unknown as { image: string; request: MapRequest }),
  );
}

async function states(page: Page): Promise<string[]> {
  return await byId(page, 'sheet-tile').evaluateAll((tiles) => tiles.map((tile) => (tile as HTMLElement).dataset.state!));
}

test('every picture of a cell gets its map, one after the other, of its predicted class', async () => {
  const of = scene();
  const rows = rowsIn(of);
  const list = missed(rows);
  await withPage(of, { width: 1300, height: 900 }, async (page) => {
    await openSheet(page);
    await ended(page);
    assert.equal(await textOf(page, 'sheet-progress'), `${list.length} of ${list.length}`);
    const calls = await asked(page);
    assert.deepEqual(
      calls.map(({ image }) => image),
      list.map((row) => rows.paths[row]),
    );
    assert.ok(calls.every(({ request }) => request.method === 'grad-cam' && request.class === undefined));
    assert.deepEqual(
      await states(page),
      list.map(() => 'map'),
    );
    // Where the thing is, the colours are those of the top of the map.
    const [inside, corner] = await byId(page, 'sheet-tile')
      .first()
      .locator('canvas')
      .evaluate((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const copy = new OffscreenCanvas(width, height).getContext('2d')!;
        copy.drawImage(canvas as HTMLCanvasElement, 0, 0);
        const { data } = copy.getImageData(0, 0, width, height);
        const yellow = (i: number) => data[4 * i]! + data[4 * i + 1]! - 2 * data[4 * i + 2]!;
        let best = 0;
        for (let i = 0; i < width * height; i++) if (yellow(i) > yellow(best)) best = i;
        return [yellow(best), yellow(0)];
      });
    assert.ok(inside! > corner! + 100, `${inside} ${corner}`);
    await byId(page, 'sheet-tile').first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => window.spaceHost.calls('explainImages').length === 1);
    assert.deepEqual(await page.evaluate(() => window.spaceHost.calls('explainImages')[0]!.params.images), [rows.paths[list[1]!]]);
    await screenshot(page, 'sheet');
  });
});

test('the label, or the prediction rather than the label, can be explained; other methods; other targets start anew', async () => {
  const of = scene();
  const rows = rowsIn(of);
  const list = missed(rows);
  await withPage(of, { width: 1300, height: 900 }, async (page) => {
    await openSheet(page);
    await ended(page);
    const last = async () => {
      await page.waitForFunction(
        (count) => window.spaceHost.calls('explain').filter(({ ended: is }) => is === 'answered').length === count,
        list.length,
      );
      await ended(page);
      const requests = (await asked(page)).map(({ request }) => request);
      await page.evaluate(() => {
        window.spaceHost.log.length = 0;
      });
      return requests;
    };
    await last();
    await byId(page, 'sheet-target-label').click();
    assert.ok((await last()).every((request) => request.class === 8));
    await byId(page, 'sheet-target-difference').click();
    assert.deepEqual(
      (await last()).map((request) => [request.class, request.against]),
      list.map((row) => [rows.predicted[row], 8]),
    );
    const options = await byId(page, 'sheet-method')
      .locator('option')
      .evaluateAll((all) => all.map((option) => (option as HTMLOptionElement).value));
    assert.deepEqual(
      options,
      of.methods.filter(({ slow }) => !slow).map(({ id }) => id),
    );
    const same = of.methods.find(({ targets, slow }) => targets === 'none' && !slow)!;
    await byId(page, 'sheet-method').selectOption(same.id);
    assert.ok((await last()).every((request) => request.method === same.id && request.class === undefined));
    assert.ok(await byId(page, 'sheet-target-label').isDisabled());
    // Colours and opacity ask for nothing.
    await byId(page, 'sheet-scale-shared').click();
    assert.match(await textOf(page, 'sheet-sharing'), /^One colour scale/);
    await byId(page, 'sheet-opacity').fill('0.9');
    assert.equal(await page.evaluate(() => window.spaceHost.calls('explain').length), 0);
  });
});

test('one scale for all: a weaker map is darker than with a scale of its own', async () => {
  await withPage(scene(), { width: 1300, height: 900 }, async (page) => {
    await openSheet(page);
    await ended(page);
    const brightness = () =>
      byId(page, 'sheet-tile')
        .locator('canvas')
        .evaluateAll((canvases) =>
          canvases.map((canvas) => {
            const { width, height } = canvas as HTMLCanvasElement;
            const copy = new OffscreenCanvas(width, height).getContext('2d')!;
            copy.drawImage(canvas as HTMLCanvasElement, 0, 0);
            const { data } = copy.getImageData(0, 0, width, height);
            let most = 0;
            for (let i = 0; i < data.length; i += 4) most = Math.max(most, data[i]! + data[i + 1]! - 2 * data[i + 2]!);
            return most;
          }),
        );
    const own = await brightness();
    await byId(page, 'sheet-scale-shared').click();
    await page.waitForTimeout(200);
    const shared = await brightness();
    const same = own.filter((value, i) => Math.abs(value - shared[i]!) < 3).length;
    assert.ok(same >= 1 && same < own.length, `${same} of ${own.length} are as before`);
    assert.ok(own.every((value, i) => shared[i]! <= value + 2));
  });
});

test('Stop keeps what is there, Continue goes on, Escape stops and then closes', async () => {
  const of = scene();
  const list = missed(rowsIn(of));
  const steer = (host: Window['spaceHost']) => {
    host.pace.ms = 60;
  };
  await withPage(of, { width: 1300, height: 900, steer }, async (page) => {
    await openSheet(page);
    await page.waitForFunction(() => document.querySelectorAll('[data-testid=sheet-tile][data-state=map]').length >= 1);
    await page.evaluate(() => window.spaceHost.held.add('explain'));
    // One is being waited for that will not come.
    await page.waitForFunction(() => {
      const asked = window.spaceHost.calls('explain');
      return (
        asked.at(-1)!.ended === 'no' && document.querySelectorAll('[data-testid=sheet-tile][data-state=map]').length === asked.length - 1
      );
    });
    await page.waitForTimeout(150);
    await byId(page, 'sheet-stop').click();
    await ended(page);
    const done = (await states(page)).filter((state) => state === 'map').length;
    assert.ok(done >= 1 && done < list.length, `${done} of ${list.length}`);
    assert.match(await textOf(page, 'sheet-progress'), new RegExp(`^${done} of ${list.length}, stopped$`));
    await page.waitForFunction(() => window.spaceHost.calls('explain').every(({ ended: is }) => is !== 'no'));
    assert.equal(await page.evaluate(() => window.spaceHost.calls('explain').at(-1)!.ended), 'aborted');
    await page.evaluate(() => window.spaceHost.held.clear());
    await byId(page, 'sheet-resume').click();
    await page.waitForFunction((least) => document.querySelectorAll('[data-testid=sheet-tile][data-state=map]').length > least, done);
    await page.keyboard.press('Escape');
    await ended(page);
    assert.equal(await byId(page, 'sheet').count(), 1);
    await byId(page, 'sheet-resume').click();
    await ended(page);
    assert.deepEqual(
      await states(page),
      list.map(() => 'map'),
    );
    // What was there was not asked for again: each stop gave up one at most.
    const asked = await page.evaluate(() => window.spaceHost.calls('explain').length);
    assert.ok(asked <= list.length + 2, `${asked} were asked for`);
    await page.keyboard.press('Escape');
    await byId(page, 'sheet').waitFor({ state: 'detached' });
    assert.equal(await byId(page, 'selection').count(), 1);
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-testid')), 'act-sheet');
  });
});

test('a picture that fails says why and stops no other; it can be tried again', async () => {
  const broken = missed(rowsIn(scene()))[1]!;
  const of = scene({ unexplained: [broken] });
  const list = missed(rowsIn(of));
  await withPage(of, { width: 1300, height: 900 }, async (page) => {
    await openSheet(page);
    await ended(page);
    assert.deepEqual(
      await states(page),
      list.map((row) => (row === broken ? 'failed' : 'map')),
    );
    assert.match((await byId(page, 'sheet-tile').nth(1).textContent())!, /ends in the middle of its pixels/);
    assert.match(await textOf(page, 'sheet-progress'), new RegExp(`^${list.length} of ${list.length}, 1 failed$`));
    await screenshot(page, 'sheet-failed');
    await page.evaluate(() => {
      window.spaceHost.scene = { ...window.spaceHost.scene, unexplained: [] };
    });
    await byId(page, 'sheet-resume').click();
    await ended(page);
    assert.equal(await textOf(page, 'sheet-progress'), `${list.length} of ${list.length}`);
  });
});

test('saved as a picture with captions, and where each map comes from', async () => {
  const of = scene();
  const rows = rowsIn(of);
  const list = missed(rows);
  await withPage(of, { width: 1300, height: 900 }, async (page) => {
    await openSheet(page);
    await ended(page);
    await byId(page, 'sheet-scale-shared').click();
    await byId(page, 'sheet-save').click();
    await page.waitForFunction(() => document.querySelector('[data-testid=sheet-notice]')?.textContent?.startsWith('Saved as'));
    const { png, name, provenance } = await page.evaluate(() => {
      const { png: bytes, ...rest } = window.spaceHost.calls('savePicture')[0]!.params as { png: Uint8Array };
      return { png: [...bytes], ...(rest as unknown as { name: string; provenance: Record<string, unknown> }) };
    });
    assert.equal(name, 'moon-not-recognised.grad-cam');
    const { data, info } = await sharp(Buffer.from(png)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    assert.equal(info.width, 1680);
    // White paper with dark words above, a tile in colours below.
    const at = (x: number, y: number) => [...data.subarray(3 * (y * info.width + x), 3 * (y * info.width + x) + 3)];
    assert.deepEqual(at(2, 2), [255, 255, 255]);
    const [r, g, b] = at(24 + 100, 24 + 4 * 17 + 100) as [number, number, number];
    assert.ok(Math.max(r, g, b) - Math.min(r, g, b) > 15, `a map at ${r} ${g} ${b}`);
    const dark = (top: number, bottom: number) => {
      let count = 0;
      for (let i = 3 * top * info.width; i < 3 * bottom * info.width; i += 3) if (data[i]! + data[i + 1]! + data[i + 2]! < 240) count++;
      return count;
    };
    assert.ok(dark(20, 48) > 100, 'a title');
    const images = provenance.images as { image: string; label: string; predicted: string; explained: string; layer: string }[];
    assert.deepEqual(
      images.map(({ image, label, predicted }) => [image, label, predicted]),
      list.map((row) => [rows.paths[row], 'moon', rows.classes[rows.predicted[row]!]]),
    );
    assert.deepEqual(
      [provenance.method, provenance.target, provenance.colorScale, provenance.title],
      ['grad-cam', 'predicted', 'shared', 'moon not recognised'],
    );
    assert.ok(images.every(({ explained, predicted, layer }) => explained === `logit of ${predicted}` && layer === 'conv2d_2'));
  });
});

test('at most two hundred pictures, and a word about the others; those without a label say so', async () => {
  const of = scene({ images: 600, labelSource: { kind: 'none' } });
  await withPage(of, { width: 1300, height: 900, steer: quickly }, async (page) => {
    await byId(page, 'list-open').click();
    await byId(page, 'act-sheet').click();
    assert.match(await textOf(page, 'sheet-left-out'), /^The first 200 pictures; 400 more are left out\.$/);
    assert.equal(await byId(page, 'sheet-tile').count(), 200);
    assert.ok(await byId(page, 'sheet-target-label').isDisabled());
    await byId(page, 'sheet-close').click();
    await byId(page, 'sheet').waitFor({ state: 'detached' });
    await page.waitForFunction(() => window.spaceHost.calls('explain').at(-1)!.ended !== 'no');
    const asked = await page.evaluate(() => window.spaceHost.calls('explain').length);
    await page.waitForTimeout(150);
    assert.equal(await page.evaluate(() => window.spaceHost.calls('explain').length), asked, 'nothing is asked after closing');
  });
});

test('another subject closes the sheet and stops its work', async () => {
  await withPage(scene(), { width: 1300, height: 900, steer: slowly }, async (page) => {
    await openSheet(page);
    await page.evaluate(() => window.spaceHost.show({}));
    await byId(page, 'sheet').waitFor({ state: 'detached' });
    await byId(page, 'selection').waitFor();
  });
});

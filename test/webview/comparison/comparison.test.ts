import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { sampleColorMap } from '../../../src/shared/colorMaps.ts';
import { byId, textOf } from '../open.ts';
import { useComparisonPage } from './open.ts';
import { calls, colourAt, settledPair } from './reading.ts';
import { comparisonScene } from './scenes.ts';

const { withPage } = useComparisonPage();

/** Path of the n-th probe of the list. */
const pathOf = (page: Page, at: number) => byId(page, 'probe').nth(at).getAttribute('data-path');

test('both maps are drawn on one scale, the difference with its sign around 0', async () => {
  await withPage(comparisonScene(), { width: 1300, height: 1000 }, async (page) => {
    await settledPair(page);
    await byId(page, 'bare').click();
    await byId(page, 'cells').click();
    const path = await pathOf(page, 0);
    const [a, b] = await page.evaluate((image) => {
      const { from, to } = window.comparisonHost.both(image as string, undefined);
      return [[...from.map!.values], [...to.map!.values]];
    }, path);
    const high = Math.max(...a!, ...b!);
    const reach = Math.max(...a!.map((value, i) => Math.abs(b![i]! - value)));
    for (const cell of [0, 9, 27, 28, 35, 63]) {
      assert.deepEqual(await colourAt(page, 'from-canvas', cell), sampleColorMap('viridis', a![cell]! / high), `from ${cell}`);
      assert.deepEqual(await colourAt(page, 'to-canvas', cell), sampleColorMap('viridis', b![cell]! / high), `to ${cell}`);
      const share = (b![cell]! - a![cell]!) / reach;
      assert.deepEqual(await colourAt(page, 'difference-canvas', cell), sampleColorMap('coolwarm', 0.5 + share / 2), `difference ${cell}`);
    }
    const ends = await byId(page, 'scale-high').allTextContents();
    const number = (text: string | undefined) => Number(text);
    assert(Math.abs(number(ends[0]) - high) < 1e-3 && Math.abs(number(ends[1]) - reach) < 1e-3, ends.join());
  });
});

test('the cell that is pointed at is marked in all three and read', async () => {
  await withPage(comparisonScene(), { width: 1300, height: 1000 }, async (page) => {
    await settledPair(page);
    const path = await pathOf(page, 0);
    const [a, b] = await page.evaluate((image) => {
      const { from, to } = window.comparisonHost.both(image as string, undefined);
      return [from.map!.values[2 * 8 + 5]!, to.map!.values[2 * 8 + 5]!];
    }, path);
    const stage = byId(page, 'to').locator('.pair-stage');
    const box = (await stage.boundingBox())!;
    await page.mouse.move(box.x + (5.5 / 8) * box.width, box.y + (2.5 / 8) * box.height);
    assert.equal(await byId(page, 'mark').count(), 3);
    const said = await textOf(page, 'readout');
    assert.match(said, /^Row 3, column 6 of 8 × 8: epoch_01 /);
    const read = [...said.matchAll(/(?:epoch_01|epoch_10|difference) ([+−]?[\d.]+(?:e[−\d]+)?)/g)].map(([, text]) =>
      Number(text!.replaceAll('−', '-')),
    );
    [a!, b!, b! - a!].forEach((value, i) => void assert(Math.abs(read[i]! - value) < 1e-3, said));
    // By keys from there, in any of the three.
    await byId(page, 'difference').locator('.pair-stage').focus();
    await page.keyboard.press('ArrowDown');
    assert.match(await textOf(page, 'readout'), /^Row 4, column 6/);
    await page.keyboard.press('Escape');
    assert.equal(await byId(page, 'mark').count(), 0);
  });
});

test('another checkpoint on one side, the other way round, and along the run', async () => {
  await withPage(comparisonScene({ from: 3, to: 5 }), { width: 800 }, async (page) => {
    await settledPair(page);
    await byId(page, 'to').and(page.locator('select')).selectOption({ label: 'epoch_08' });
    await page.waitForFunction(() => window.comparisonHost.scene.to === 7);
    await byId(page, 'swap').click();
    await page.waitForFunction(() => window.comparisonHost.scene.from === 7 && window.comparisonHost.scene.to === 3);
    await page.locator('figure[data-testid=from]').getByText('epoch_08').waitFor();
    await page.keyboard.press(']');
    await page.waitForFunction(() => window.comparisonHost.scene.from === 8 && window.comparisonHost.scene.to === 4);
    await byId(page, 'pair-before').click();
    await page.waitForFunction(() => window.comparisonHost.scene.from === 7 && window.comparisonHost.scene.to === 3);
    for (let i = 0; i < 2; i++) await page.keyboard.press(']');
    await page.locator('figure[data-testid=from]').getByText('epoch_10').waitFor();
    await page.keyboard.press(']');
    await byId(page, 'notice').getByText('last pair').waitFor();
  });
});

test('an answer about the pair before is dropped', async () => {
  await withPage(comparisonScene({ from: 0, to: 9 }), { width: 800 }, async (page) => {
    await settledPair(page);
    await page.evaluate(() => window.comparisonHost.held.add('explainBoth'));
    await byId(page, 'probe').nth(2).click();
    await calls(page, 'explainBoth', 2);
    await page.evaluate(() => {
      window.comparisonHost.compare(1, 8);
      window.comparisonHost.held.clear();
    });
    await settledPair(page);
    await page.locator('figure[data-testid=from]').getByText('epoch_02').waitFor();
    const answered = await page.evaluate(() => window.comparisonHost.calls('explainBoth').map(({ params }) => params['generation']));
    assert.deepEqual(answered.slice(-1), [2]);
    assert.equal(await byId(page, 'notice').count(), 0);
  });
});

test('B shows the second map in the place of the first one while it is held', async () => {
  await withPage(comparisonScene(), { width: 1300 }, async (page) => {
    await settledPair(page);
    const first = () => page.locator('figure[data-testid=from] .pair-title').textContent();
    await page.keyboard.down('b');
    assert.equal(await first(), 'epoch_10');
    assert.deepEqual(await colourAt(page, 'from-canvas', 27), await colourAt(page, 'to-canvas', 27));
    await page.keyboard.up('b');
    assert.equal(await first(), 'epoch_01');
  });
});

test('a wipe shows the first map up to its line; a blink stands still where little motion is wanted', async () => {
  await withPage(comparisonScene(), { width: 1300, reducedMotion: 'reduce' }, async (page) => {
    await settledPair(page);
    await byId(page, 'bare').click();
    const [left, right] = [await colourAt(page, 'from-canvas', 24), await colourAt(page, 'to-canvas', 31)];
    await byId(page, 'arrangement-wipe').click();
    assert.deepEqual(await colourAt(page, 'wipe-canvas', 24), left);
    assert.deepEqual(await colourAt(page, 'wipe-canvas', 31), right);
    await byId(page, 'wipe-range').fill('0');
    assert.notDeepEqual(await colourAt(page, 'wipe-canvas', 24), left);
    const box = (await page.locator('figure[data-testid=wipe] .pair-stage').boundingBox())!;
    await page.mouse.move(box.x + 0.1 * box.width, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.75 * box.width, box.y + box.height / 2);
    await page.mouse.up();
    assert.equal(Number(await byId(page, 'wipe-range').inputValue()).toFixed(2), '0.75');
    await byId(page, 'arrangement-blink').click();
    const shown = () => page.locator('figure[data-testid=blink] .pair-title').textContent();
    await page.waitForTimeout(900);
    assert.equal(await shown(), 'epoch_01');
    await byId(page, 'blink-toggle').click();
    assert.equal(await shown(), 'epoch_10');
    await byId(page, 'blink-run').click();
    await page.locator('figure[data-testid=blink]').getByText('epoch_01').first().waitFor();
  });
});

test('another class is explained for this picture, the next one has its own again', async () => {
  await withPage(comparisonScene(), { width: 1300, height: 1000 }, async (page) => {
    await settledPair(page);
    await byId(page, 'explained').selectOption({ label: 'moon' });
    const [, second] = await calls(page, 'explainBoth', 2);
    assert.equal(second?.['class'], 2);
    await page.locator('[data-testid=predicted-class][data-class="2"]').getByText('explained').waitFor();
    await byId(page, 'explain-4').click();
    assert.equal((await calls(page, 'explainBoth', 3))[2]?.['class'], 4);
    await byId(page, 'probe').first().focus();
    await page.keyboard.press('ArrowDown');
    const asked = await calls(page, 'explainBoth', 4);
    assert.deepEqual([asked[3]?.['class'], asked[3]?.['image']], [undefined, await pathOf(page, 1)]);
  });
});

test('shares take the strength out: the measure changes the scale and what is read', async () => {
  await withPage(comparisonScene(), { width: 1300 }, async (page) => {
    await settledPair(page);
    await byId(page, 'measure-shares').click();
    await byId(page, 'legend-maps').getByText('% of the positive evidence').waitFor();
  });
});

test('all probes: maps of different classes are asked for, the others are there', async () => {
  await withPage(comparisonScene(), { width: 1300, height: 1000 }, async (page) => {
    await settledPair(page);
    const differing = await page.evaluate(() => {
      const { from, to } = window.comparisonHost.results().frames;
      return from!.explained.reduce((count, index, row) => count + Number(index !== to!.explained[row]), 0);
    });
    assert(differing > 0 && differing < 12, `${differing} of 12 explain another class`);
    await byId(page, 'view-grid').click();
    await page.waitForFunction(() => document.querySelectorAll('[data-testid=grid-difference]:not(.waiting)').length === 12);
    const asked = (await calls(page, 'explainBoth', 1 + differing)).filter(({ background }) => background === true);
    assert.equal(asked.length, differing);
    await byId(page, 'grid-open').nth(4).click();
    await settledPair(page);
    assert.equal(await byId(page, 'view-probe').getAttribute('aria-checked'), 'true');
    assert.equal(await byId(page, 'probe').nth(4).getAttribute('aria-selected'), 'true');
  });
});

test('data set: a picture that is pointed at is lit on both maps, and opens with either checkpoint', async () => {
  await withPage(comparisonScene(), { width: 1300, height: 1000 }, async (page) => {
    await settledPair(page);
    await byId(page, 'view-set').click();
    await byId(page, 'flip').nth(1).hover();
    const lit = (side: string) =>
      byId(page, `map-${side}-lit`).evaluate((node) => {
        const { width, height } = node as HTMLCanvasElement;
        const { data } = (node as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
        return data.some((value, i) => i % 4 === 3 && value > 0);
      });
    assert(await lit('from'));
    assert(await lit('to'));
    const name = await page.locator('.set-lit-name').textContent();
    await byId(page, 'map-from').focus();
    // At an edge there is nothing in one direction, but never in two opposite ones.
    for (const key of ['ArrowLeft', 'ArrowUp', 'ArrowRight']) {
      if ((await page.locator('.set-lit-name').textContent()) === name) await page.keyboard.press(key);
    }
    assert.notEqual(await page.locator('.set-lit-name').textContent(), name, 'a point beside it');
    const path = await page.locator('.set-lit-name').getAttribute('title');
    await byId(page, 'lit-open-to').click();
    const [opened] = await calls(page, 'openImage', 1);
    assert.deepEqual([opened?.['image'], opened?.['checkpoint']], [path, '/work/runs/a/epoch_10/model.json']);
    await byId(page, 'confusion-difference').waitFor();
  });
});

test('what is read later appears; what is not evaluated is said', async () => {
  const steer = (host: Window['comparisonHost']) => host.unread.add('from');
  await withPage(comparisonScene({}, { wholes: 0 }), { width: 800, steer }, async (page) => {
    await settledPair(page);
    assert.equal(await byId(page, 'summary-probes').count(), 0);
    await page.evaluate(() => window.comparisonHost.read('from'));
    await byId(page, 'summary-probes').waitFor();
    await byId(page, 'view-set').click();
    await byId(page, 'set-missing').getByText('epoch_01 and epoch_10').waitFor();
  });
});

test('one side that cannot be explained does not keep the other from it', async () => {
  const steer = (host: Window['comparisonHost']) => {
    const both = host.both.bind(host);
    host.both = (image, asked) => {
      const error = { code: 'file-missing' as const, message: 'The files of epoch_01 are gone.', hint: 'Choose another checkpoint.' };
      return { ...both(image, asked), from: { map: undefined, error, kept: false } };
    };
  };
  await withPage(comparisonScene(), { width: 1300, steer }, async (page) => {
    await settledPair(page);
    await page.locator('figure[data-testid=from]').getByText('The files of epoch_01 are gone.').waitFor();
    assert.notDeepEqual(await colourAt(page, 'to-canvas', 27), [0, 0, 0]);
    await page.locator('figure[data-testid=difference]').getByText('needs both maps').waitFor();
  });
});

test('a kept map is told of, and what a person chose survives a reload', async () => {
  await withPage(comparisonScene({ gone: [0] }), { width: 1300 }, async (page) => {
    await settledPair(page);
    await byId(page, 'kept-from').getByText('kept map, 8 × 8').waitFor();
    // Both explain what the kept map does: nothing else can be compared.
    const [[first], kept] = [
      await calls(page, 'explainBoth', 1),
      await page.evaluate(
        (path) => {
          const { from } = window.comparisonHost.results().frames;
          return from!.explained[from!.images.indexOf(path!)];
        },
        await pathOf(page, 0),
      ),
    ];
    assert.equal(first?.['class'], kept);
    assert.match(await page.locator('select[data-testid=explained] option:checked').innerText(), /the kept map explains it/);
    assert.equal(await byId(page, 'open-epoch_01').count(), 0);
    await byId(page, 'probe').nth(5).click();
    await byId(page, 'measure-shares').click();
    const path = await pathOf(page, 5);
    await page.reload();
    await page.waitForSelector(`[data-testid=pair][data-image="${path}"]`);
    assert.equal(await byId(page, 'measure-shares').getAttribute('aria-checked'), 'true');
  });
});

test('the page turns to the picture that the host names, once', async () => {
  await withPage(comparisonScene({ image: 7 }), { width: 800 }, async (page) => {
    await settledPair(page);
    const path = await page.evaluate(() => window.comparisonHost.subject().image);
    assert.equal(await page.locator('[data-testid=probe][aria-selected=true]').getAttribute('data-path'), path);
    await byId(page, 'probe').first().click();
    await page.evaluate(() => window.comparisonHost.tell({ image: undefined as never, run: 'renamed' }));
    await byId(page, 'run').getByText('renamed').waitFor();
    assert.equal(await byId(page, 'probe').first().getAttribute('aria-selected'), 'true');
  });
});

test('saved as a picture with where its maps come from', async () => {
  await withPage(comparisonScene(), { width: 1300 }, async (page) => {
    await settledPair(page);
    await byId(page, 'save').click();
    const [saved] = await calls(page, 'savePicture', 1);
    const png = Object.values(saved?.['png'] as Record<string, number>).slice(1, 4);
    assert.equal(String.fromCharCode(...png), 'PNG');
    const { from, to, colors, explained } = saved!['provenance'] as Record<string, Record<string, unknown>>;
    assert.deepEqual([from?.['checkpoint'], to?.['checkpoint'], explained?.['label']], ['epoch_01', 'epoch_10', 'square']);
    const { to: reach } = colors!['difference'] as { to: number };
    assert(reach > 0);
    await byId(page, 'notice').getByText('Saved as /work/saved.png').waitFor();
  });
});

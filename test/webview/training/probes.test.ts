import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import type { ProbeFrames } from '../../../src/shared/trainingProtocol.ts';
import { byId, textOf } from '../open.ts';
import { framesOf, probesOf } from './made.ts';
import { useTrainingPage } from './open.ts';
import { probeScene } from './scenes.ts';

const { withPage } = useTrainingPage();

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
const row = (page: Page, i: number) => byId(page, 'probe').nth(i);
const text = async (page: Page, i: number, testid: string) =>
  ((await row(page, i).locator(`[data-testid=${testid}]`).textContent()) ?? '').replaceAll(/\s+/g, ' ').trim();

test('each row says what the slider’s checkpoint says of its probe', async () => {
  const scene = probeScene();
  await withPage(scene, { width: 300 }, async (page) => {
    for (const at of [9, 2]) {
      if (at === 2) {
        await byId(page, 'slider').press('Home');
        await byId(page, 'slider').press('ArrowRight');
        await byId(page, 'slider').press('ArrowRight');
      }
      await page.waitForFunction(
        (name) => document.querySelector('[data-testid=slider-words]')?.textContent?.includes(name),
        `epoch_${String(at + 1).padStart(2, '0')}`,
      );
      const frames = framesOf(scene, at);
      for (let i = 0; i < 12; i++) {
        const right = frames.truth[i] === frames.predicted[i];
        assert.equal(await row(page, i).locator('[data-testid=verdict]').getAttribute('data-right'), String(right));
        assert.match(
          await text(page, i, 'verdict'),
          new RegExp(`^${right ? 'right' : 'wrong'}: ?${scene.classes[frames.predicted[i]!]} ?${percent(frames.confidence[i]!)}$`),
        );
        assert.match(
          await text(page, i, 'measure-border'),
          new RegExp(`On the border ?${Math.round(100 * frames.borderShare[i]!)} % ?even map 75 %`),
        );
        assert.match(
          await text(page, i, 'measure-object'),
          i < scene.masked ? new RegExp(`${Math.round(100 * frames.objectShare[i]!)} % ?its area 25 %`) : /no mask/,
        );
        assert.ok(
          (await text(page, i, 'measure-moved')).includes(`ρ ${rho(framesOf(scene, at - 1), frames, i).toFixed(2)}`.replace('-', '−')),
          await text(page, i, 'measure-moved'),
        );
      }
    }
  });
});

/** Spearman's rank correlation of two maps: Pearson's of the ranks, in which equal values share the mean of theirs. */
function rho(a: ProbeFrames, b: ProbeFrames, row: number): number {
  const cells = a.width * a.height;
  const ranks = (frames: ProbeFrames) => {
    const values = [...frames.maps.slice(row * cells, (row + 1) * cells)];
    const count = (of: (other: number) => boolean) => values.filter(of).length;
    return values.map((value) => count((other) => other < value) + (count((other) => other === value) - 1) / 2 - (cells - 1) / 2);
  };
  const [left, right] = [ranks(a), ranks(b)];
  const dot = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return dot(left, right) / Math.sqrt(dot(left, left) * dot(right, right));
}

test('rows are ordered and filtered by what the checkpoint says', async () => {
  const scene = probeScene({ checkpoints: 6 });
  const [was, now] = [framesOf(scene, 4), framesOf(scene, 5)];
  const names = probesOf(scene).map(({ name }) => name);
  const shown = (page: Page) => page.locator('.probe-name').allTextContents();
  const by = (weight: (row: number) => number) =>
    names
      .map((_, i) => i)
      .sort((a, b) => weight(a) - weight(b))
      .map((i) => names[i]);
  await withPage(scene, { width: 300 }, async (page) => {
    await byId(page, 'probe').first().waitFor();
    assert.deepEqual(await shown(page), names);
    await byId(page, 'order').selectOption('worst');
    assert.deepEqual(
      await shown(page),
      by((i) => now.trueProbability[i]!),
    );
    await byId(page, 'order').selectOption('moved');
    assert.deepEqual(
      await shown(page),
      by((i) => rho(was, now, i)),
    );
    await byId(page, 'order').selectOption('flipped');
    const flipped = names.filter((_, i) => (was.truth[i] === was.predicted[i]) !== (now.truth[i] === now.predicted[i]));
    assert.deepEqual(new Set((await shown(page)).slice(0, flipped.length)), new Set(flipped));
    await byId(page, 'order').selectOption('data');
    await byId(page, 'only').selectOption('class:star');
    assert.deepEqual(
      await shown(page),
      names.filter((_, i) => scene.classes[now.truth[i]!] === 'star' || scene.classes[now.predicted[i]!] === 'star'),
    );
  });
});

test('a row’s menu opens, compares, pins and removes', async () => {
  await withPage(probeScene(), { width: 300 }, async (page) => {
    await byId(page, 'probe').first().waitFor();
    await page.evaluate(() => {
      const host = window.trainingHost;
      host.tell({ checkpoints: host.state().checkpoints.map((each, i) => (i === 1 ? { ...each, pinned: true } : each)) });
    });
    const choose = async (i: number, item: string) => {
      await row(page, i).locator('[data-testid=row-menu]').click();
      await byId(page, item).click();
      assert.equal(await byId(page, 'row-menu-items').count(), 0);
    };
    const last = async (method: string) => {
      await page.waitForFunction((name) => window.trainingHost.calls(name).length > 0, method);
      return await page.evaluate((name) => window.trainingHost.calls(name).at(-1)!.params, method);
    };
    const path = (i: number) => `/work/runs/a/epoch_${String(i).padStart(2, '0')}/model.json`;
    const image = (i: number) => probesOf(probeScene())[i]!.path;
    await choose(2, 'row-explain');
    assert.deepEqual(await last('openProbe'), { checkpoint: path(10), image: image(2) });
    await choose(2, 'row-compare-epoch_02');
    assert.deepEqual(await last('compare'), { from: path(2), to: path(10), image: image(2) });
    await choose(2, 'row-pin');
    assert.deepEqual(await last('pinProbe'), { image: image(2) });
    await choose(0, 'row-unpin');
    assert.deepEqual(await last('removeProbe'), { image: image(0) });
    await row(page, 3).locator('[data-testid=row-menu]').focus();
    await page.keyboard.press('Enter');
    await byId(page, 'row-menu-items').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Escape');
    assert.equal(await byId(page, 'row-menu-items').count(), 0);
    assert.equal(
      await row(page, 3)
        .locator('[data-testid=row-menu]')
        .evaluate((e) => e === document.activeElement),
      true,
    );
    await byId(page, 'add-probes').click();
    await last('addProbes');
  });
});

test('probes that failed, unknown classes, outputs without probabilities', async () => {
  await withPage(probeScene({ probes: 8, unknown: 2, broken: 1 }), { width: 300 }, async (page) => {
    await byId(page, 'probe').first().waitFor();
    assert.match(await text(page, 5, 'probe-error'), /triangle-5\.png is no picture\. Remove it\./);
    assert.equal(await row(page, 5).locator('[data-testid=verdict]').count(), 0);
    assert.equal(await row(page, 7).locator('[data-testid=verdict]').getAttribute('data-right'), 'unknown');
    assert.match((await row(page, 7).textContent()) ?? '', /True class not known/);
    assert.match(await textOf(page, 'slider-words'), /of 5 right/);
    await row(page, 5).locator('button.probe-picture').click();
    await page.waitForTimeout(300);
    assert.equal((await page.evaluate(() => window.trainingHost.calls('explain'))).length, 0);
  });
  await withPage(probeScene({ unscored: true }), { width: 300 }, async (page) => {
    await byId(page, 'probe').first().waitFor();
    assert.match((await row(page, 0).textContent()) ?? '', /largest: \w+\s+No probabilities: the outputs are no class scores/);
    assert.equal(await byId(page, 'trace').count(), 0);
    assert.match(await textOf(page, 'summary'), /nothing is right or wrong/);
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { byId, textOf } from '../open.ts';
import { framesOf, probesOf } from './made.ts';
import { useTrainingPage } from './open.ts';
import { probeScene } from './scenes.ts';

const { withPage } = useTrainingPage();

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

/** What flips from one checkpoint to the next, by hand. */
function flipsBetween(scene: ReturnType<typeof probeScene>, at: number) {
  const [was, now] = [framesOf(scene, at - 1), framesOf(scene, at)];
  const all = probesOf(scene).map((probe, i) => ({
    probe,
    ...{ before: was.truth[i] === was.predicted[i], after: now.truth[i] === now.predicted[i] },
    text: `${scene.classes[was.predicted[i]!]}→${scene.classes[now.predicted[i]!]}true class ${percent(was.trueProbability[i]!)} → ${percent(now.trueProbability[i]!)}`,
    rise: now.trueProbability[i]! - was.trueProbability[i]!,
  }));
  return {
    wrong: all.filter(({ before, after }) => before && !after).sort((a, b) => a.rise - b.rise),
    right: all.filter(({ before, after }) => !before && after).sort((a, b) => b.rise - a.rise),
    rightNow: all.filter(({ after }) => after).length,
  };
}

async function at(page: Page, checkpoint: number): Promise<void> {
  await byId(page, 'slider').press('Home');
  for (let i = 0; i < checkpoint; i++) await byId(page, 'slider').press('ArrowRight');
}

test('the summary counts what flipped since the checkpoint before; the worst regressions come first', async () => {
  const scene = probeScene({ probes: 24 });
  // A checkpoint with flips both ways.
  const both = [1, 2, 3, 4, 5, 6].find((i) => flipsBetween(scene, i).wrong.length > 1 && flipsBetween(scene, i).right.length > 1)!;
  const { wrong, right, rightNow } = flipsBetween(scene, both);
  await withPage(scene, { width: 300 }, async (page) => {
    await byId(page, 'probe').first().waitFor();
    await at(page, both);
    const name = (i: number) => `epoch_${String(i + 1).padStart(2, '0')}`;
    assert.equal(
      await textOf(page, 'summary'),
      `${rightNow} of 24 right · ${wrong.length} became wrong, ${right.length} right since ${name(both - 1)}`,
    );
    const all = byId(page, 'all-flips');
    if ((await all.count()) > 0) {
      assert.equal(await byId(page, 'flip').count(), 4);
      await all.click();
    }
    const shown = await byId(page, 'flip').evaluateAll((buttons) =>
      buttons.map((button) => {
        const copy = button.cloneNode(true) as Element;
        for (const hidden of copy.querySelectorAll('.visually-hidden')) hidden.remove();
        return {
          kind: button.getAttribute('data-kind'),
          text: copy
            .textContent!.replaceAll(/\s+/g, ' ')
            .trim()
            .replaceAll(/ ?→ ?(?=[a-z])/g, '→')
            .replace(/ (?=true class)/, ''),
        };
      }),
    );
    assert.deepEqual(shown, [...wrong.map(({ text }) => ({ kind: 'wrong', text })), ...right.map(({ text }) => ({ kind: 'right', text }))]);
  });
});

test('the first checkpoint has nothing to flip from; where nothing flips, that is said', async () => {
  await withPage(probeScene({ checkpoints: 1 }), { width: 300 }, async (page) => {
    await byId(page, 'probe').first().waitFor();
    assert.match(await textOf(page, 'summary'), /^\d+ of 12 right epoch_01 is the first$/);
    assert.equal(await byId(page, 'flip').count(), 0);
  });
});

test('a click on a flip goes to its row, also where the filter hides it', async () => {
  const scene = probeScene({ probes: 24 });
  const flipping = [1, 2, 3, 4, 5, 6].find((i) => flipsBetween(scene, i).wrong.length > 0)!;
  const [first] = flipsBetween(scene, flipping).wrong;
  await withPage(scene, { width: 300 }, async (page) => {
    await byId(page, 'probe').first().waitFor();
    await at(page, flipping);
    const image = first!.probe.path;
    const now = framesOf(scene, flipping);
    const index = probesOf(scene).findIndex(({ path }) => path === image);
    const other = scene.classes.find((_, i) => i !== now.truth[index] && i !== now.predicted[index])!;
    await byId(page, 'only').selectOption(`class:${other}`);
    assert.equal(await page.locator(`[data-testid=probe][data-image="${image}"]`).count(), 0);
    await byId(page, 'flip').first().click();
    await page.waitForFunction(
      (path) => document.activeElement?.closest('[data-testid=probe]')?.getAttribute('data-image') === path,
      image,
    );
    const box = await page.evaluate(() => document.activeElement!.getBoundingClientRect().toJSON());
    const bar = (await byId(page, 'slider-bar').boundingBox())!;
    assert.ok(
      box.top >= bar.y + bar.height && box.bottom <= 800,
      `the picture at ${box.top}..${box.bottom}, the slider ends at ${bar.y + bar.height}`,
    );
  });
});

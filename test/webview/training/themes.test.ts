import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { audit, byId, screenshot } from '../open.ts';
import { type ThemeKind, themes } from '../themes.ts';
import { useTrainingPage } from './open.ts';
import { probeScene } from './scenes.ts';

const { withPage } = useTrainingPage();

/** Everything that the page can show of checkpoints at once. */
async function trouble(page: Page): Promise<void> {
  await page.evaluate(() => {
    const host = window.trainingHost;
    const error = { code: 'weights', message: 'conv2 has 3 weights that are NaN.', hint: 'Lower the learning rate.' } as const;
    host.tell({
      notice: 'The folder cannot be watched: Glassbox looks every 5 s.',
      checkpoints: host.state().checkpoints.map((each, i, { length }) => {
        if (i === 1) return { ...each, gone: true, pinned: true };
        if (i === length - 3) return { ...each, reading: { state: 'running', what: 'probes', done: 5, total: 24 } };
        if (i === length - 2) return { ...each, reading: { state: 'failed', error } };
        return i === length - 1 ? { ...each, reading: { state: 'incomplete', why: '2 of 3 weight files are there.' } } : each;
      }),
    });
  });
  await byId(page, 'failed-checkpoint').waitFor();
}

for (const theme of Object.keys(themes) as ThemeKind[]) {
  for (const width of [300, 480, 900]) {
    test(`the probes in ${theme} at ${width} px: readable, nothing overflows, everything has a name`, async () => {
      const scene = probeScene({ checkpoints: 13, read: 10, probes: 24, masked: 24, cheats: true, unknown: 1, broken: 1 });
      await withPage(scene, { theme, width, height: 1000 }, async (page) => {
        await page.waitForFunction(() => document.querySelectorAll('[data-testid=probe-canvas]').length === 24);
        await trouble(page);
        await screenshot(page, `training-${theme}-${width}`);
        await audit(page);
        for (let i = 0; i < 4; i++) await byId(page, 'slider').press('ArrowLeft');
        await byId(page, 'setup').locator('summary').click();
        await byId(page, 'probe-picture').first().click();
        await page.waitForSelector('[data-testid=close-up][data-fine=true]');
        await byId(page, 'row-menu').nth(1).click();
        await screenshot(page, `training-open-${theme}-${width}`);
        await audit(page);
      });
    });
  }
}

test('before there is a run, before anything is read, without probes', async () => {
  const scene = probeScene({ checkpoints: 4, read: 0 });
  const { state } = scene;
  for (const [name, until, shown] of [
    ['off', 'off', { ...scene, state: { ...state, following: 'off' } }],
    ['none', 'none', { ...scene, state: { ...state, following: 'none', runs: [], run: undefined } }],
    ['unread', 'ready', scene],
    ['no-probes', 'ready', probeScene({ probes: 0, masked: 0 })],
    ['unscored', 'ready', probeScene({ unscored: true })],
  ] as const)
    await withPage(shown, { width: 300, height: 800, until: until as never }, async (page) => {
      await page.waitForTimeout(200);
      await screenshot(page, `training-${name}-300`);
      await audit(page);
    });
});

test('long names stay inside at 300 px', async () => {
  const long = (name: string) => `${name}_a_very_long_name_without_any_space_in_it_that_goes_on_and_on`;
  const scene = probeScene({ cheats: true, probes: 24 });
  const named = {
    ...scene,
    classes: scene.classes.map(long),
    state: { ...scene.state, run: { ...scene.state.run!, label: long('runs') }, runs: scene.state.runs.slice(0, 1) },
  };
  await withPage(named, { width: 300, height: 1000 }, async (page) => {
    await page.waitForFunction(() => document.querySelectorAll('[data-testid=probe-canvas]').length === 24);
    await page.evaluate((name) => {
      const host = window.trainingHost;
      host.tell({ checkpoints: host.state().checkpoints.map((each) => ({ ...each, name: `${name}_${each.name}` })) });
    }, long('checkpoint'));
    await byId(page, 'slider').press('ArrowLeft');
    await byId(page, 'probe-picture').first().click();
    await page.waitForSelector('[data-testid=close-up][data-fine=true]');
    await byId(page, 'row-menu').first().click();
    await screenshot(page, 'training-long-300');
    await audit(page);
  });
});

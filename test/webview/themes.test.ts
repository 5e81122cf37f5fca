import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lowContrast, overflowing, unnamed } from './audit.ts';
import { byId, choose, screenshot, settled, useBrowser } from './open.ts';
import { realScene, sampleScene } from './scenes.ts';
import { type ThemeKind, themes } from './themes.ts';

const { withPage, sizes } = useBrowser();

for (const theme of Object.keys(themes) as ThemeKind[]) {
  for (const width of [320, 700, 1200]) {
    test(`${theme} at ${width} px: readable, nothing overflows, everything has a name`, async () => {
      const scene = (await realScene()) ?? (await sampleScene());
      await withPage(scene, { theme, width, height: width === 320 ? 1400 : 800 }, async (page) => {
        await screenshot(page, `${theme}-${width}`);
        assert.deepEqual(await page.evaluate(lowContrast), []);
        assert.deepEqual(await page.evaluate(overflowing), []);
        assert.deepEqual(await page.evaluate(unnamed), []);
        await choose(page, 'lrp');
        await settled(page);
        await screenshot(page, `${theme}-${width}-relevance`);
        assert.deepEqual(await page.evaluate(lowContrast), []);
        assert.deepEqual(await page.evaluate(overflowing), []);
        assert.deepEqual(await page.evaluate(unnamed), []);
        await choose(page, 'occlusion');
        await byId(page, 'class-search').fill('a');
        await screenshot(page, `${theme}-${width}-search`);
        assert.deepEqual(await page.evaluate(lowContrast), []);
        assert.deepEqual(await page.evaluate(overflowing), []);
        await byId(page, 'fed').focus();
        assert.deepEqual(await page.evaluate(overflowing), []);
        await byId(page, 'export').click();
        assert.deepEqual(await page.evaluate(overflowing), []);
        assert.deepEqual(await page.evaluate(lowContrast), []);
      });
    });
  }
}

test('the audits see what is wrong', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await page.evaluate(() => {
      const wrong = document.createElement('button');
      const text = document.createElement('p');
      text.textContent = 'hardly there';
      text.style.cssText = 'color:#555;width:2000px';
      document.querySelector('#app')!.append(wrong, text);
    });
    assert.match((await page.evaluate(lowContrast)).join(), /^hardly there.*2\.\d\d$/);
    assert.match((await page.evaluate(overflowing)).join(), /the page is 2000 wide/);
    assert.match((await page.evaluate(unnamed)).join(), /no name: <button/);
  });
});

test('long names and many layers stay inside at 320 px', async () => {
  const scene = await sampleScene();
  const long = 'a_very_long_name_without_any_space_in_it_that_goes_on_and_on_and_on';
  const subject = { ...scene.subject, imageName: `${long}.jpeg`, modelName: long };
  const labels = scene.labels!.map((label) => `${label}_${long}`);
  const layers = Array.from({ length: 120 }, (_, i) => ({ ...scene.layers[6]!, name: `backbone/${long}/block_${i}` }));
  const warnings = [{ code: 'labels', message: `The file /${long}/${long}/labels.txt cannot be read.` }] as const;
  await withPage(
    { ...scene, subject, labels, layers, defaultLayer: layers[119]!.name, warnings },
    { width: 320, height: 1500 },
    async (page) => {
      await screenshot(page, 'long-320');
      assert.deepEqual(await page.evaluate(overflowing), []);
    },
  );
});

test('reduced motion: nothing moves', async () => {
  const steer = (host: { held: Set<string> }) => {
    host.held.add('predict');
  };
  await withPage(await sampleScene(), { until: 'loading', steer, reducedMotion: 'reduce' }, async (page) => {
    await byId(page, 'classes-skeleton').waitFor();
    await screenshot(page, 'loading');
    const moving = await page.evaluate(
      () => document.getAnimations().filter((a) => !(a.effect as KeyframeEffect).target?.closest('vscode-progress-ring')).length,
    );
    assert.equal(moving, 0);
    await page.evaluate(() => window.host.held.clear());
    await page.waitForSelector('[data-state=ready]');
  });
});

test('the page is small', () => {
  const { script, style } = sizes();
  assert.ok(script < 290_000, `script ${script} bytes`);
  assert.ok(style < 32_000, `style ${style} bytes`);
});

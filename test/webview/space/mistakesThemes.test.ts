import { test } from 'node:test';
import { audit, byId, screenshot } from '../open.ts';
import { type ThemeKind, themes } from '../themes.ts';
import { useSpacePage } from './open.ts';
import type { SpaceScene } from './scene.ts';
import { classes, smallScene } from './scenes.ts';

const { withPage } = useSpacePage();

function scene(patch: Partial<SpaceScene> = {}): SpaceScene {
  const made = smallScene(patch);
  return { ...made, subject: { ...made.subject, turn: { view: 'mistakes' } } };
}

for (const theme of Object.keys(themes) as ThemeKind[]) {
  for (const width of [320, 700, 1400]) {
    test(`mistakes, list and contact sheet in ${theme} at ${width} px: readable, nothing overflows, everything has a name`, async () => {
      await withPage(scene({ mistaken: 0.3, unexplained: [28] }), { theme, width, height: 900 }, async (page) => {
        await page.waitForSelector('[data-testid=mistake-item] img');
        await screenshot(page, `mistakes-${theme}-${width}`);
        await audit(page);
        await byId(page, 'cells-shares').click();
        await byId(page, 'list-labels').click();
        await byId(page, 'purity').waitFor();
        await audit(page);
        await byId(page, 'list-pairs').click();
        await byId(page, 'edge-8-10').click();
        await byId(page, 'selection-tile').nth(1).click();
        await page.waitForSelector('[data-testid=selection-tile] img');
        await screenshot(page, `selection-${theme}-${width}`);
        await audit(page);
        await byId(page, 'pick-none').click();
        await byId(page, 'act-sheet').click();
        await page.waitForSelector('[data-testid=sheet][data-state=ended]');
        await byId(page, 'sheet-scale-shared').click();
        await screenshot(page, `sheet-${theme}-${width}`);
        await audit(page);
      });
    });
  }
}

test('long names stay inside at 320 px', async () => {
  const long = 'a_very_long_name_without_any_space_in_it_that_goes_on_and_on';
  await withPage(
    scene({ labels: classes.map((name) => `${name}_${long}`), unexplained: [6, 34] }),
    { width: 320, height: 900 },
    async (page) => {
      await byId(page, 'mistake-item').first().waitFor();
      await audit(page);
      await byId(page, 'list-labels').click();
      await byId(page, 'purity').waitFor();
      await audit(page);
      await byId(page, 'list-pairs').click();
      await byId(page, 'label-8').click();
      await byId(page, 'selection-tile').first().waitFor();
      await screenshot(page, 'mistakes-long-320');
      await audit(page);
      await byId(page, 'act-sheet').click();
      await page.waitForSelector('[data-testid=sheet][data-state=ended]');
      await audit(page);
    },
  );
});

test('a thousand classes at 320 px and in high contrast', async () => {
  const labels = Array.from({ length: 1000 }, (_, i) => `class ${i}`);
  for (const [theme, width] of [
    ['vscode-dark', 320],
    ['vscode-high-contrast-light', 1400],
  ] as const) {
    await withPage(scene({ labels, images: 3000, mistaken: 0.3 }), { theme, width, height: 900 }, async (page) => {
      await byId(page, 'matrix').waitFor();
      await audit(page);
      await byId(page, 'extent-all').click();
      await byId(page, 'big-matrix').locator('canvas').waitFor();
      await screenshot(page, `mistakes-1000-${theme}-${width}`);
      await audit(page);
    });
  }
});

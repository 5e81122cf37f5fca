import { test } from 'node:test';
import { comparedScene, deepScene } from './compareScenes.ts';
import { compare, compared } from './comparing.ts';
import { audit, byId, screenshot, useBrowser } from './open.ts';
import { realScene } from './scenes.ts';
import { type ThemeKind, themes } from './themes.ts';

const { withPage } = useBrowser();

for (const theme of Object.keys(themes) as ThemeKind[]) {
  for (const width of [320, 700, 1600]) {
    test(`comparing in ${theme} at ${width} px: readable, nothing overflows, everything has a name`, async () => {
      const { others } = await comparedScene();
      const scene = { ...((await realScene()) ?? (await comparedScene())), ...(others && { others }) };
      await withPage(scene, { theme, width, height: width === 320 ? 1400 : 900 }, async (page) => {
        await compare(page, 'methods');
        await screenshot(page, `compare-${theme}-${width}-methods`);
        await audit(page);
        await byId(page, 'choose-methods').click();
        await byId(page, 'pick-occlusion').click();
        await byId(page, 'sharing-all').click();
        await screenshot(page, `compare-${theme}-${width}-picker`);
        await audit(page);
        await byId(page, 'methods-done').click();
        await byId(page, 'kind-classes').click();
        await compared(page);
        await byId(page, 'sharing-row').click();
        await screenshot(page, `compare-${theme}-${width}-classes`);
        await audit(page);
        await byId(page, 'kind-models').click();
        await audit(page);
        await byId(page, 'choose-other').click();
        await byId(page, 'cell-error').waitFor();
        await screenshot(page, `compare-${theme}-${width}-models`);
        await audit(page);
      });
    });
  }
}

test('long names and many layers stay inside at 320 px', async () => {
  const scene = await deepScene();
  const long = 'a_very_long_name_without_any_space_in_it_that_goes_on_and_on';
  const layers = scene.layers.map((layer) => ({ ...layer, name: `backbone/${long}/${layer.name}` }));
  const labels = scene.labels!.map((label) => `${label}_${long}`);
  await withPage({ ...scene, layers, labels, defaultLayer: layers.at(-1)!.name }, { width: 320, height: 1400 }, async (page) => {
    await compare(page, 'methods');
    await audit(page);
    await byId(page, 'kind-depth').click();
    await compared(page);
    await screenshot(page, 'compare-long-320');
    await audit(page);
  });
});

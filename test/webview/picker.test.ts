import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { methodInfo, methods } from './methods.ts';
import { audit, byId, choose, screenshot, settled, textOf, useBrowser } from './open.ts';
import { sampleScene } from './scenes.ts';

const { withPage } = useBrowser();

const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('data-testid'));

const chips = (page: Page) =>
  page.locator('[data-testid=methods] [role=tab]').evaluateAll((all) => all.map((e) => e.getAttribute('data-testid')));

const calls = (page: Page, name: string) => page.evaluate((n) => window.host.calls(n).length, name);

test('every method of the list is found in its family', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    const shown: (string | null)[] = [];
    for (const family of ['cam', 'backpropagation', 'relevance', 'perturbation']) {
      await byId(page, `family-${family}`).click();
      assert.equal(await byId(page, `family-${family}`).getAttribute('aria-selected'), 'true');
      shown.push(...(await chips(page)));
    }
    assert.deepEqual(shown.toSorted(), methods.map((m) => `method-${m.id}`).toSorted());
    assert.equal(await byId(page, 'stage').getAttribute('data-method'), 'grad-cam');
  });
});

test('by keyboard: families and methods, round and to the ends; what is reached is seen', async () => {
  await withPage(await sampleScene(), { width: 320 }, async (page) => {
    await byId(page, 'family-cam').focus();
    await page.keyboard.press('ArrowLeft');
    assert.equal(await focused(page), 'family-perturbation');
    await page.keyboard.press('Home');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'method-grad-cam');
    await page.keyboard.press('ArrowRight');
    const all = await chips(page);
    assert.equal(await focused(page), all[1]);
    await page.waitForSelector(`[data-testid=stage][data-method="${all[1]!.replace('method-', '')}"]`);
    await page.keyboard.press('End');
    assert.equal(await focused(page), all.at(-1));
    const inside = () =>
      page.evaluate(() => {
        const row = document.querySelector('[data-testid=methods]')!.getBoundingClientRect();
        const chip = document.querySelector('[data-testid=methods] [aria-selected=true]')!.getBoundingClientRect();
        return chip.left >= row.left - 1 && chip.right <= row.right + 1;
      });
    assert.ok(await inside());
    await settled(page);
    await page.reload();
    await settled(page);
    assert.equal(await byId(page, all.at(-1)!).getAttribute('aria-selected'), 'true');
    assert.ok(await inside(), 'the chosen one is scrolled to after a reload');
  });
});

test('the picture keeps its place whatever family is on show', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    const top = () => byId(page, 'stage').evaluate((e) => e.getBoundingClientRect().top);
    const before = await top();
    for (const family of ['backpropagation', 'relevance', 'perturbation']) {
      await byId(page, `family-${family}`).click();
      assert.equal(await top(), before, family);
    }
  });
});

test('a refused method: dimmed, with the reason; chosen, the reason and the next step; never asked for', async () => {
  const refusals = {
    cam: {
      code: 'method',
      message: "CAM needs one linear layer after the average over places; 'dense' and 'dense_1' follow.",
      hint: 'Use Grad-CAM.',
    },
  } as const;
  await withPage({ ...(await sampleScene()), refusals }, {}, async (page) => {
    const chip = byId(page, 'method-cam');
    assert.equal(await chip.getAttribute('data-state'), 'refused');
    assert.match((await chip.getAttribute('title')) ?? '', /'dense_1' follow\. Use Grad-CAM\./);
    assert.equal(await chip.locator('canvas').count(), 0);
    await chip.click();
    await page.waitForSelector('[data-testid=stage][data-map=refused]');
    assert.match(await textOf(page, 'refused'), /'dense_1' follow\. Use Grad-CAM\./);
    assert.equal(await byId(page, 'error').getAttribute('role'), 'status', 'no alarm');
    assert.match(await textOf(page, 'status'), /CAM needs one linear layer/);
    assert.equal(await textOf(page, 'map-line'), '');
    assert.equal(await byId(page, 'export').evaluate((b) => b.hasAttribute('disabled')), true);
    const asked = await page.evaluate(() => JSON.stringify(window.host.log.filter((entry) => entry.method.startsWith('explain'))));
    assert.ok(!asked.includes('"cam"'), 'never asked for');
    await screenshot(page, 'refused');
    await audit(page);
  });
});

test('where the usual method is refused another one is shown', async () => {
  const refusals = { 'grad-cam': { code: 'method', message: 'No layer with height and width.' } } as const;
  await withPage({ ...(await sampleScene()), refusals }, {}, async (page) => {
    const shown = await byId(page, 'stage').getAttribute('data-method');
    assert.equal(shown, methods.find((m) => !m.slow && m.id !== 'grad-cam')?.id);
  });
});

test('a thumb that fails says why; one that the method cannot draw offers no second try', async () => {
  const steer = (host: { failures: Map<string, unknown> }) => {
    host.failures.set('explain:layer-cam', { code: 'engine', message: 'The engine ran out of memory.' });
    host.failures.set('explain:hires-cam', {
      code: 'method',
      message: "HiRes-CAM has no gradient at 'conv2d_3'.",
      hint: 'Choose another layer.',
    });
  };
  await withPage(await sampleScene(), { steer }, async (page) => {
    assert.equal(await byId(page, 'method-layer-cam').getAttribute('data-state'), 'failed');
    assert.equal(await byId(page, 'method-hires-cam').getAttribute('data-state'), 'refused');
    assert.equal(await byId(page, 'method-xgrad-cam').getAttribute('data-state'), 'done', 'the others are not stopped by it');
    await byId(page, 'method-hires-cam').click();
    assert.match(await textOf(page, 'error'), /no gradient at 'conv2d_3'.*Choose another layer/);
    assert.equal(await byId(page, 'retry').count(), 0);
    await byId(page, 'method-layer-cam').click();
    assert.match(await textOf(page, 'error-message'), /out of memory/);
    await byId(page, 'retry').click();
    await page.waitForSelector('[data-testid=stage][data-method=layer-cam][data-map=done]');
  });
});

test('the call for thumbs fails as a whole: each says so, the chosen map stays', async () => {
  const steer = (host: { failures: Map<string, unknown> }) => {
    host.failures.set('explainAll', { code: 'engine', message: 'The engine process ended unexpectedly.' });
  };
  await withPage(await sampleScene(), { steer }, async (page) => {
    assert.equal(await byId(page, 'stage').getAttribute('data-map'), 'done');
    assert.equal(await byId(page, 'method-layer-cam').getAttribute('data-state'), 'failed');
    assert.equal(await calls(page, 'explainAll'), 1, 'not tried without end');
  });
});

test('about this method: what it shows, formula, caution, source, variant; it stays closed', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    const info = methodInfo('grad-cam');
    assert.equal(await textOf(page, 'method-about'), info.about);
    assert.equal(await textOf(page, 'formula'), info.formula.replaceAll(/_(?=[a-z])/g, ''));
    assert.ok((await byId(page, 'formula').locator('sub').count()) > 2, 'indices stand below the line');
    assert.ok((await textOf(page, 'misleads')).endsWith(info.misleads));
    assert.equal(await byId(page, 'misleads').locator('svg').count(), 1);
    assert.equal(await textOf(page, 'source'), info.source);
    assert.ok((await textOf(page, 'variant-about')).endsWith(info.variants[0]!.about));
    await byId(page, 'about').locator('summary').click();
    await choose(page, 'lrp');
    assert.equal(await byId(page, 'formula').isVisible(), false);
    assert.match(await textOf(page, 'about'), /About LRP/);
    await page.reload();
    await settled(page);
    assert.equal(await byId(page, 'formula').isVisible(), false);
  });
});

test('the map as an ONNX model of its own, where the method is one graph', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await byId(page, 'export').click();
    await byId(page, 'export-onnx').click();
    await byId(page, 'notice').waitFor();
    assert.match(await textOf(page, 'notice'), /Saved as both\.grad-cam\.onnx/);
    const sent = await page.evaluate(() => window.host.calls('exportOnnx').map((call) => call.params));
    assert.deepEqual(sent, [{ generation: 1, request: { method: 'grad-cam', class: 0, variant: 'standard', layer: 'conv2d_3' } }]);
    await choose(page, 'occlusion');
    await page.waitForSelector('[data-testid=stage][data-method=occlusion][data-map=done]');
    await byId(page, 'export').click();
    assert.equal(await byId(page, 'export-onnx').getAttribute('aria-disabled'), 'true');
    assert.match(await textOf(page, 'export-onnx'), /Occlusion asks the network many times/);
    await byId(page, 'export-onnx').dispatchEvent('click');
    assert.equal(await calls(page, 'exportOnnx'), 1);
    await audit(page);
  });
});

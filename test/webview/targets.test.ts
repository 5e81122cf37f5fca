import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import type { MapRequest } from '../../src/shared/protocol.ts';
import { methodInfo, methods } from './methods.ts';
import { audit, byId, choose, screenshot, settled, textOf, useBrowser } from './open.ts';
import { sampleScene } from './scenes.ts';

const { withPage } = useBrowser();

const all = (page: Page): Promise<MapRequest[]> =>
  page.evaluate(() =>
    window.host.log.flatMap(({ method, params }) => {
      const { request, requests } = params as unknown as { request?: MapRequest; requests?: MapRequest[] };
      return method.startsWith('explain') ? (requests ?? (request ? [request] : [])) : [];
    }),
  );

const newest = async (page: Page) => (await all(page)).filter((r) => r.method === 'grad-cam').at(-1)!;

async function holdAgainst(page: Page, index: number): Promise<void> {
  await byId(page, 'slot-against').click();
  await byId(page, `class-${index}`).click();
  await settled(page);
}

test('one class against another: chosen in the list, said with the map, swapped, cleared', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    assert.equal(await textOf(page, 'map-target'), 'logit of ball');
    await byId(page, 'slot-against').click();
    assert.match(await textOf(page, 'target-note'), /Choose the class to subtract/);
    assert.equal(await byId(page, 'class-search').getAttribute('placeholder'), 'Subtract another of 10 classes');
    await byId(page, 'class-1').click();
    await page.waitForSelector('[data-testid=stage][data-class="0"][data-against="1"][data-map=done]');
    assert.equal(await textOf(page, 'map-target'), 'logit of ball − logit of cube');
    assert.match(await textOf(page, 'target-note'), /logit 6\.1 − 4\.7 = 1\.4/);
    assert.match(await textOf(page, 'slot-against'), /cube/);
    assert.match(await textOf(page, 'class-1'), /against/);
    assert.equal(await byId(page, 'class-0').getAttribute('aria-selected'), 'true');
    await screenshot(page, 'against');
    await audit(page);
    await byId(page, 'swap').click();
    await page.waitForSelector('[data-testid=stage][data-class="1"][data-against="0"][data-map=done]');
    assert.equal(await textOf(page, 'map-target'), 'logit of cube − logit of ball');
    await byId(page, 'clear-against').click();
    await page.waitForSelector('[data-testid=stage][data-class="1"][data-against=""][data-map=done]');
    assert.equal('against' in (await newest(page)), false);
    assert.equal(await byId(page, 'clear-against').evaluate((b) => b.hasAttribute('disabled')), true);
  });
});

test('the second class is found by name; the first one cannot be held against itself; Escape leaves the choice', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await byId(page, 'slot-against').click();
    await byId(page, 'class-search').fill('wedge');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-testid=stage][data-class="0"][data-against="9"][data-map=done]');
    assert.equal(await byId(page, 'class-9').count(), 1, 'it stands in the list');
    await holdAgainst(page, 0);
    assert.equal(await byId(page, 'stage').getAttribute('data-against'), '', 'ball against ball is ball');
    await byId(page, 'slot-against').click();
    await page.keyboard.press('Escape');
    assert.equal(await byId(page, 'slot-class').getAttribute('aria-pressed'), 'true');
    await byId(page, 'class-2').click();
    await page.waitForSelector('[data-testid=stage][data-class="2"][data-map=done]');
  });
});

test('explaining the class that was subtracted ends the difference', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await holdAgainst(page, 1);
    await byId(page, 'class-1').click();
    await page.waitForSelector('[data-testid=stage][data-class="1"][data-against=""][data-map=done]');
  });
});

test('predicted − true with one click, only where they differ', async () => {
  const scene = await sampleScene();
  await withPage(scene, {}, async (page) => assert.equal(await byId(page, 'explain-mistake').count(), 0));
  await withPage({ ...scene, truth: 2 }, {}, async (page) => {
    await byId(page, 'class-1').click();
    await byId(page, 'explain-mistake').click();
    await page.waitForSelector('[data-testid=stage][data-class="0"][data-against="2"][data-map=done]');
    assert.equal(await textOf(page, 'map-target'), 'logit of ball − logit of cone');
    assert.equal(await byId(page, 'explain-mistake').count(), 0, 'it is on screen');
  });
});

test('methods without a difference say why and are asked without it', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await holdAgainst(page, 1);
    const own = methods.find((m) => m.targets === 'class')!;
    const none = methods.find((m) => m.targets === 'none')!;
    await choose(page, own.id);
    await settled(page);
    assert.match(await textOf(page, 'target-note'), new RegExp(`${own.label} holds one class against all others`));
    await choose(page, none.id);
    await settled(page);
    assert.match(await textOf(page, 'target-note'), /the same map for every class/);
    assert.equal(await textOf(page, 'map-target'), 'no class: activations alone');
    for (const request of await all(page)) {
      const { targets } = methodInfo(request.method);
      if (targets !== 'any') assert.equal(request.against, undefined, request.method);
      assert.equal(request.class === undefined, targets === 'none', request.method);
    }
    await choose(page, 'grad-cam');
    await page.waitForSelector('[data-testid=stage][data-against="1"][data-map=done]');
  });
});

test('another image starts without the second class', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await holdAgainst(page, 1);
    await page.evaluate(() => window.host.show({ subject: { ...window.host.scene.subject, imagePath: 'shapes/other.png' } }));
    await page.waitForSelector('[data-testid=root][data-generation="2"]');
    await settled(page);
    assert.equal(await byId(page, 'stage').getAttribute('data-against'), '');
  });
});

test('a region of a dense output: drawn with the pointer or the keys, in whole cells; the whole image again', async () => {
  await withPage({ ...(await sampleScene()), dense: { height: 6, width: 8 } }, {}, async (page) => {
    assert.match(await textOf(page, 'region'), /Mean over all 6 × 8 cells/);
    assert.match(await textOf(page, 'map-target'), /mean logit of ball over all 8 × 6 cells/);
    await byId(page, 'mark-region').click();
    assert.match(await textOf(page, 'marking'), /Drag over the part/);
    await screenshot(page, 'region');
    await audit(page);
    const box = (await byId(page, 'frame').boundingBox())!;
    const at = (x: number, y: number) => [box.x + (x / 400) * box.width, box.y + (y / 300) * box.height] as const;
    await page.mouse.move(...at(60, 70));
    await page.mouse.down();
    await page.mouse.move(...at(120, 120));
    assert.equal(await byId(page, 'region-frame').count(), 1);
    await page.mouse.move(...at(190, 190));
    await page.mouse.up();
    await settled(page);
    // Cells are 50 pixels: from the one under (60, 70) to the one under (190, 190).
    assert.deepEqual((await newest(page)).region, { x: 1, y: 1, width: 3, height: 3 });
    assert.match(await textOf(page, 'map-target'), /over 3 × 3 cells/);
    const frame = await byId(page, 'region-frame').boundingBox();
    const near = (got: number, want: number) => assert.ok(Math.abs(got - want) < 2, `${got} is not ${want}`);
    near(frame!.x, at(50, 50)[0]);
    near(frame!.width, (150 / 400) * box.width);
    await byId(page, 'whole-image').click();
    await settled(page);
    assert.match(await textOf(page, 'map-target'), /over all 8 × 6 cells/);
    await byId(page, 'mark-region').click();
    await byId(page, 'viewport').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await settled(page);
    assert.deepEqual((await newest(page)).region, { x: 4, y: 3, width: 2, height: 1 });
    await byId(page, 'mark-region').click();
    await page.keyboard.press('Escape');
    assert.equal(await byId(page, 'marking').count(), 0);
    assert.deepEqual((await newest(page)).region, { x: 4, y: 3, width: 2, height: 1 });
    await page.reload();
    await settled(page);
    assert.match(await textOf(page, 'region'), /1 × 2 cells from row 3, column 4/);
  });
});

test('a model with several outputs says which one is explained, and another can be chosen', async () => {
  const scene = await sampleScene();
  await withPage(scene, {}, async (page) => assert.equal(await byId(page, 'output').count(), 0));
  await withPage({ ...scene, outputs: ['logits', 'boxes'] }, {}, async (page) => {
    assert.match(await textOf(page, 'output'), /Output, one of 2/);
    await byId(page, 'output-choice').click();
    await page.locator('vscode-option[value=boxes]').click();
    await page.waitForFunction(() => window.host.calls('saveOutput').length === 1);
    assert.deepEqual(await page.evaluate(() => window.host.calls('saveOutput')[0]!.params), { output: 'boxes' });
    await settled(page);
    assert.equal(await byId(page, 'output-choice').evaluate((list) => (list as HTMLInputElement).value), 'boxes');
    await audit(page);
  });
});

for (const logits of [[3.25], [0.5, -1.75, 4]]) {
  test(`${logits.length} numbers without names or softmax are outputs, not classes with probabilities`, async () => {
    const scene = { ...(await sampleScene()), labels: undefined, activation: 'none', logits, truth: undefined } as const;
    await withPage(scene, {}, async (page) => {
      const best = logits.indexOf(Math.max(...logits));
      assert.equal(await textOf(page, 'top1'), `output ${best}`);
      assert.equal(await textOf(page, 'map-target'), `output ${best}`);
      const said = [await textOf(page, 'prediction'), await byId(page, `class-${best}`).textContent(), await textOf(page, 'map-line')].join(
        ' ',
      );
      assert.ok(said.includes(String(logits[best])), said);
      assert.doesNotMatch(said, /%|class/);
      assert.equal(await page.locator('.class-row .bar').count(), 0);
      assert.equal(await byId(page, 'slot-against').count(), logits.length > 1 ? 1 : 0);
      await audit(page);
    });
  });
}

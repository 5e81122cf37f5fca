import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byId } from '../open.ts';
import { unitsOf } from './answers/patches.ts';
import { calls, patchesScene, said, unitsOnWall, withImages } from './collected.ts';
import { useUnitsPage } from './open.ts';

const { withPage } = useUnitsPage();

const nothing = { collected: [] };

test('a small data set is gone over without a word; the wall fills before the end', async () => {
  const steer = (host: Window['unitsHost']) => {
    host.pace.stopAt = 0.5;
  };
  await withPage(patchesScene(nothing), { steer }, async (page) => {
    await page.waitForSelector('[data-testid=patch] canvas');
    assert.match(
      await said(byId(page, 'collecting')),
      /^Collecting conv2d_3 \d+ of 12 · about \d+ s left ?Cancel ?What is collected stays\.$/,
    );
    assert.match(await said(byId(page, 'silent-line')), /on these 4 pictures/);
    assert.equal(await byId(page, 'collected').count(), 0);
    await page.evaluate(() => {
      window.unitsHost.pace.stopAt = 9;
    });
    await byId(page, 'collected').getByText('Collected from 12 pictures of shapes.').waitFor();
    await page.waitForFunction(() => document.querySelector('[data-testid=silent-line]')?.textContent?.includes('12 pictures'));
    assert.deepEqual(await calls(page, 'collect'), [{ params: { layers: ['conv2d_3'] }, ended: 'answered' }]);
    // Patches were asked for again, now over all images.
    await page.waitForFunction(() => window.unitsHost.calls('topPatches').length >= 2);
  });
});

test('what was deleted by a command is not collected again without a word, nor with the page told anew', async () => {
  await withPage(patchesScene(nothing), {}, async (page) => {
    await byId(page, 'collected').getByText('Collected from 12 pictures of shapes.').waitFor();
    await page.evaluate(() => {
      window.unitsHost.show({ collected: [], counts: {} });
    });
    await byId(page, 'collect-offer').waitFor();
    assert.equal((await calls(page, 'collect')).length, 1);
    await byId(page, 'collect').click();
    await byId(page, 'collected').getByText('Collected from 12 pictures of shapes.').waitFor();
  });
});

test('a large data set waits for the person: what it is, from which images', async () => {
  await withPage(withImages(patchesScene(nothing), 201), {}, async (page) => {
    const offer = await said(byId(page, 'collect-offer'));
    assert.match(offer, /each of the 64 units of conv2d_3/);
    assert.match(offer, /Data set: many, 201 pictures\./);
    assert.deepEqual(await calls(page, 'collect'), []);
    await byId(page, 'collect').click();
    await byId(page, 'collecting').waitFor();
    // The page shows it before the call has arrived.
    await page.waitForFunction(() => window.unitsHost.calls('collect').length === 1);
    assert.deepEqual((await calls(page, 'collect'))[0]?.params, { layers: ['conv2d_3'] });
  });
});

test('200 images are few enough', async () => {
  await withPage(withImages(patchesScene(nothing), 200), {}, async (page) => {
    await byId(page, 'collecting').waitFor();
  });
});

for (const way of ['button', 'Escape'] as const) {
  test(`cancelled by ${way}: what is collected stays, nothing starts again by itself, and it goes on from there`, async () => {
    const steer = (host: Window['unitsHost']) => {
      host.pace.stopAt = 0.75;
    };
    await withPage(patchesScene(nothing), { steer }, async (page) => {
      await page.waitForSelector('[data-testid=patch] canvas');
      if (way === 'button') await byId(page, 'collect-cancel').click();
      else await page.keyboard.press('Escape');
      await byId(page, 'collected').waitFor();
      assert.match(await said(byId(page, 'collected')), /^Collected from 8 pictures/);
      assert.equal(await said(byId(page, 'collect-news')), '4 pictures not looked at yet: continue');
      assert.deepEqual(await calls(page, 'collect'), [{ params: { layers: ['conv2d_3'] }, ended: 'aborted' }]);
      await page.evaluate(() => {
        window.unitsHost.pace.stopAt = 9;
      });
      await byId(page, 'collect-update').click();
      await page.waitForFunction(() => /from 12 pictures/.test(document.querySelector('[data-testid=collected]')?.textContent ?? ''));
      assert.equal(await byId(page, 'collect-news').count(), 0);
    });
  });
}

test('new pictures and gone ones: a line, and nothing by itself', async () => {
  await withPage(patchesScene({ counts: { conv2d_3: 9 }, gone: 1 }), {}, async (page) => {
    await byId(page, 'collect-news').waitFor();
    assert.equal(await said(byId(page, 'collect-news')), '3 new pictures since, 1 picture changed or gone: update');
    assert.deepEqual(await calls(page, 'collect'), []);
    await byId(page, 'collect-update').click();
    await page.waitForFunction(() => /from 12 pictures/.test(document.querySelector('[data-testid=collected]')?.textContent ?? ''));
    await page.waitForFunction(() => !document.querySelector('[data-testid=collect-news]'));
  });
});

test('pictures that cannot be read are listed with the reason, and are no news', async () => {
  await withPage(patchesScene({ ...nothing, unreadable: 2 }), {}, async (page) => {
    await byId(page, 'skipped').waitFor();
    assert.match(await said(byId(page, 'skipped').locator('summary')), /2 pictures could not be read and were left out/);
    await byId(page, 'skipped').locator('summary').click();
    assert.match(await said(byId(page, 'skipped')), /ball-0011\.png.* is no image: it begins like a text \(.*cube-0012\.png/);
    await byId(page, 'collected').waitFor();
    assert.match(await said(byId(page, 'collected')), /^Collected from 10 pictures/);
    assert.equal(await byId(page, 'collect-news').count(), 0);
    assert.equal((await calls(page, 'collect')).length, 1);
  });
});

test('collecting that fails says why, does not begin again by itself, and can be tried again', async () => {
  const steer = (host: Window['unitsHost']) => {
    host.failures.set('collect', { code: 'engine', message: 'No space left on the disk.', hint: 'Free some space.' });
  };
  await withPage(patchesScene(nothing), { steer }, async (page) => {
    await byId(page, 'error-message').waitFor();
    assert.equal(await said(byId(page, 'error-message')), 'No space left on the disk.');
    await page.waitForTimeout(150);
    assert.equal((await calls(page, 'collect')).length, 1);
    await byId(page, 'retry').click();
    await byId(page, 'collected').waitFor();
    assert.equal(await byId(page, 'error').count(), 0);
  });
});

for (const [call, shows] of [
  ['collected', 'collected'],
  ['layerUnits', 'silent-line'],
  ['topPatches', 'patch'],
] as const) {
  test(`${call} that fails says why and can be tried again`, async () => {
    const steer = (host: Window['unitsHost'], name: string) => {
      host.failures.set(name, { code: 'file-corrupt', message: `${name} is damaged.` });
    };
    const failing = new Function('host', `(${steer})(host, '${call}')`) as (host: Window['unitsHost']) => void;
    await withPage(patchesScene(), { steer: failing }, async (page) => {
      await byId(page, 'error-message').waitFor();
      assert.equal(await said(byId(page, 'error-message')), `${call} is damaged.`);
      assert.equal(await byId(page, shows).count(), 0);
      await byId(page, 'retry').click();
      await byId(page, shows).first().waitFor();
      assert.equal(await byId(page, 'error').count(), 0);
    });
  });
}

test('deleting asks in the page; Escape keeps; a layer alone; nothing comes back by itself', async () => {
  await withPage(patchesScene(), {}, async (page) => {
    await byId(page, 'forget').click();
    assert.match(await said(byId(page, 'forget-question')), /Of all 2 layers \(1\.2 MB\)/);
    await page.keyboard.press('Escape');
    await byId(page, 'forget-question').waitFor({ state: 'detached' });
    assert.deepEqual(await calls(page, 'forgetCollected'), []);
    await byId(page, 'forget').click();
    await byId(page, 'forget-layer').click();
    await byId(page, 'collect-offer').waitFor();
    assert.deepEqual(await calls(page, 'forgetCollected'), [{ params: { layer: 'conv2d_3' }, ended: 'answered' }]);
    assert.equal(await byId(page, 'wall').count(), 0);
    assert.deepEqual(await calls(page, 'collect'), []);
    await byId(page, 'collect').click();
    await byId(page, 'forget').click();
    await byId(page, 'forget-model').click();
    await byId(page, 'collect-offer').waitFor();
    assert.deepEqual((await calls(page, 'forgetCollected'))[1], { params: {}, ended: 'answered' });
  });
});

test('other layers are chosen in the editor and collected in one run', async () => {
  await withPage(withImages(patchesScene(nothing), 300), {}, async (page) => {
    await byId(page, 'collect-others').click();
    await byId(page, 'collecting').waitFor();
    assert.deepEqual((await calls(page, 'chooseLayers'))[0]?.params, { chosen: ['conv2d_3'] });
    assert.deepEqual((await calls(page, 'collect'))[0]?.params, { layers: ['conv2d_3'] });
  });
});

test('seen again after another view, what is collected is looked at again, and the wall is there at once', async () => {
  await withPage(patchesScene(), {}, async (page) => {
    await page.waitForSelector('[data-testid=patch] canvas');
    await byId(page, 'view-filters').click();
    await byId(page, 'wall').waitFor({ state: 'detached' });
    await page.evaluate(() => {
      window.unitsHost.scene = { ...window.unitsHost.scene, counts: { conv2d_3: 10 } };
      window.unitsHost.held.add('collected');
    });
    const before = (await calls(page, 'collected')).length;
    await byId(page, 'view-patches').click();
    await page.waitForSelector('[data-testid=patch] canvas');
    await page.evaluate(() => window.unitsHost.held.clear());
    await byId(page, 'collect-news').waitFor();
    assert.equal(await said(byId(page, 'collect-news')), '2 new pictures since: update');
    assert.equal((await calls(page, 'collected')).length, before + 1);
  });
});

test('a run goes on while another layer is looked at, and that one follows', async () => {
  const steer = (host: Window['unitsHost']) => {
    host.pace.stopAt = 0.5;
  };
  await withPage(patchesScene(nothing), { steer }, async (page) => {
    await byId(page, 'collecting').waitFor();
    await byId(page, 'layer').selectOption('conv2d_2');
    assert.match(await said(byId(page, 'collecting')), /^Collecting conv2d_3/);
    await page.evaluate(() => {
      window.unitsHost.pace.stopAt = 9;
    });
    await byId(page, 'collected').waitFor();
    assert.deepEqual(await calls(page, 'collect'), [
      { params: { layers: ['conv2d_3'] }, ended: 'answered' },
      { params: { layers: ['conv2d_2'] }, ended: 'answered' },
    ]);
  });
});

test('no pictures: a folder can be chosen', async () => {
  const scene = patchesScene(nothing);
  await withPage({ ...scene, subject: { ...scene.subject, dataset: undefined } }, {}, async (page) => {
    await byId(page, 'no-images').waitFor();
    await byId(page, 'choose-dataset').click();
    await page.waitForFunction(() => window.unitsHost.calls('chooseDataset').length === 1);
  });
});

test('the order of units: by value, share, number, silent ones first', async () => {
  const scene = patchesScene({ saturated: [9, 40] });
  const units = unitsOf(scene, scene.layers.find(({ name }) => name === 'conv2d_3')!, 0.005);
  const all = [...units.max.keys()];
  const by = (key: ArrayLike<number>) => all.toSorted((a, b) => key[b]! - key[a]! || a - b);
  await withPage(scene, {}, async (page) => {
    await byId(page, 'wall').waitFor();
    await page.waitForSelector('[data-testid=unit-head]');
    const choose = async (order: string) => {
      await byId(page, 'patch-order').click();
      await page.locator(`[data-testid=patch-order] vscode-option[value=${order}]`).click();
    };
    assert.deepEqual(await unitsOnWall(page), by(units.max));
    await choose('active');
    assert.deepEqual(await unitsOnWall(page), by(units.active));
    await choose('unit');
    assert.deepEqual(await unitsOnWall(page), all);
    await choose('silent');
    assert.deepEqual((await unitsOnWall(page)).slice(0, 5), [5, 17, 9, 40, 0]);
    // Kept over a reload.
    await page.reload();
    await page.waitForSelector('[data-testid=unit-head]');
    assert.deepEqual((await unitsOnWall(page)).slice(0, 4), [5, 17, 9, 40]);
  });
});

test('dead and saturated units are counted, and a click shows only those', async () => {
  await withPage(patchesScene({ saturated: [9] }), {}, async (page) => {
    await byId(page, 'silent-line').waitFor();
    assert.equal(await said(byId(page, 'silent-line')), '2 of 64 units never fire on these 12 pictures, 1 saturated.');
    await byId(page, 'only-dead').click();
    assert.deepEqual(
      (await unitsOnWall(page)).toSorted((a, b) => a - b),
      [5, 17],
    );
    await page.waitForFunction(() => document.querySelectorAll('.tiles-said').length === 2);
    assert.match(await said(byId(page, 'unit-5')), /dead.*Never fires on these pictures/);
    assert.equal(await byId(page, 'patch').count(), 0);
    await byId(page, 'only-saturated').click();
    assert.deepEqual(await unitsOnWall(page), [9]);
    await byId(page, 'only-none').click();
    assert.equal((await unitsOnWall(page)).length, 64);
  });
});

/** When a map is laid out, what is told of it, and what happens when it is not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { byId, settled, textOf } from '../open.ts';
import { rowsOf } from './made.ts';
import { atRest, isNear, laidOut, pointsOnPage, shotOf } from './mapPlaces.ts';
import { useSpacePage } from './open.ts';
import { smallScene } from './scenes.ts';

const { withPage } = useSpacePage();

type Host = Window['spaceHost'];

async function layouts(page: Page) {
  return page.evaluate(() => window.spaceHost.calls('layout').map(({ params, ended }) => ({ request: params.request, ended })));
}

const stopHalfway = (host: Host) => {
  host.pace.stopAt = 0.5;
};

test('the map is laid out by itself, moves while it runs, and says how good it is in the end', async () => {
  const scene = smallScene();
  await withPage(scene, { width: 1100, height: 900, steer: stopHalfway }, async (page) => {
    await page.waitForFunction(() =>
      /iteration 500 of 1,000/.test(document.querySelector('[data-testid=map-progress]')?.textContent ?? ''),
    );
    assert.equal(await textOf(page, 'map-progress'), 'descent · iteration 500 of 1,000 · KL 2.71 · about 6 s left');
    await atRest(page);
    const half = await shotOf(page);
    await page.evaluate(() => {
      window.spaceHost.pace.stopAt = 2;
    });
    await laidOut(page);
    const whole = await shotOf(page);
    const points = await pointsOnPage(page, scene);
    const changed = points.filter((point) => !isNear(half.at(point), whole.at(point))).length;
    assert.ok(changed > 200, `${changed} of 300 points moved`);
    const parts = (await byId(page, 'map-quality').locator('li').allTextContents()).map((part) => part.replaceAll(/\s+/g, ' '));
    assert.deepEqual(parts, ['KL 1.71', '10 nearest neighbours kept 46 %', 'trustworthiness 0.991', '12.3 s on 2 threads']);
    assert.match((await byId(page, 'map-trustworthiness').getAttribute('title')) ?? '', /1 is best.*over 300 pictures/);
    assert.deepEqual(await layouts(page), [{ request: { method: 'tsne' }, ended: 'answered' }]);
  });
});

test('stopped, the points stay where they are, and it can be run again', async () => {
  const scene = smallScene();
  await withPage(scene, { width: 1100, height: 900, steer: stopHalfway }, async (page) => {
    await page.waitForFunction(() => /iteration 500/.test(document.querySelector('[data-testid=map-progress]')?.textContent ?? ''));
    await byId(page, 'map-stop').click();
    await laidOut(page);
    assert.equal(await page.evaluate(() => window.spaceHost.calls('stopLayout').length), 1);
    assert.match(await textOf(page, 'map-quality'), /^stopped at iteration 500/);
    const shot = await shotOf(page);
    const points = await pointsOnPage(page, scene, { method: 'tsne' }, 0.5);
    const onPoint = points.filter((point) => !isNear(shot.at(point), [18, 19, 20])).length;
    assert.ok(onPoint > 290, `${onPoint} of 300 points are where the answer puts them`);
    await page.evaluate(() => {
      window.spaceHost.pace.stopAt = 2;
    });
    await byId(page, 'map-setup').locator('summary').click();
    await byId(page, 'map-again').click();
    await page.waitForFunction(() => /^\s*KL 1.71/.test(document.querySelector('[data-testid=map-quality]')?.textContent ?? ''));
  });
});

test('Escape stops as well', async () => {
  await withPage(smallScene(), { steer: stopHalfway }, async (page) => {
    await byId(page, 'map-run').waitFor();
    await page.waitForFunction(() => /iteration/.test(document.querySelector('[data-testid=map-progress]')?.textContent ?? ''));
    await page.keyboard.press('Escape');
    await laidOut(page);
    assert.match(await textOf(page, 'map-quality'), /^stopped at/);
  });
});

test('stopped before anything is there, it is given up and offered', async () => {
  const steer = (host: Host) => {
    host.pace.stopAt = 0;
  };
  await withPage(smallScene(), { steer }, async (page) => {
    await page.waitForFunction(() => /neighbours/.test(document.querySelector('[data-testid=map-progress]')?.textContent ?? ''));
    await byId(page, 'map-stop').click();
    await byId(page, 'map-offer').waitFor();
    // The page shows it before the host has heard of it.
    await page.waitForFunction(() => window.spaceHost.calls('layout')[0]?.ended === 'aborted');
    assert.equal((await layouts(page)).length, 1);
    await page.evaluate(() => {
      window.spaceHost.pace.stopAt = 2;
    });
    await byId(page, 'map-start').click();
    await laidOut(page);
  });
});

test('another theme: the map takes its colours', async () => {
  const scene = smallScene();
  await withPage(scene, { width: 1100, height: 900 }, async (page) => {
    await laidOut(page);
    assert.ok((await shotOf(page)).count([0x56, 0xb4, 0xe9]) > 300);
    await page.evaluate(() => {
      document.documentElement.style.setProperty('--vscode-editor-background', '#ffffff');
      document.body.className = 'vscode-light';
    });
    await atRest(page);
    const shot = await shotOf(page);
    assert.equal(shot.count([0x56, 0xb4, 0xe9]), 0);
    assert.ok(shot.count([0x00, 0x72, 0xb2]) > 300);
  });
});

test('a layout that fails says why, does not begin again by itself, and can be tried again', async () => {
  const steer = (host: Host) => {
    host.failures.set('layout', { code: 'engine', message: 'The layout ran out of memory.', hint: 'Close another program.' });
  };
  await withPage(smallScene(), { steer }, async (page) => {
    await byId(page, 'error-message').waitFor();
    assert.equal(await textOf(page, 'error-message'), 'The layout ran out of memory.');
    await page.waitForTimeout(150);
    assert.equal((await layouts(page)).length, 1);
    await byId(page, 'retry').click();
    await laidOut(page);
    assert.equal(await byId(page, 'error').count(), 0);
  });
});

test('rows that the engine no longer has are asked for anew, and then laid out', async () => {
  const steer = (host: Host) => {
    host.failures.set('layout', { code: 'stale', message: 'These rows are no longer kept.' });
  };
  await withPage(smallScene(), { steer }, async (page) => {
    await laidOut(page);
    assert.equal(await byId(page, 'error').count(), 0);
    assert.equal(await page.evaluate(() => window.spaceHost.calls('rows').length), 2);
    assert.deepEqual(
      (await layouts(page)).map(({ ended }) => ended),
      ['failed', 'answered'],
    );
  });
});

test('neighbours of rows that are no longer kept come all the same; other failures are said', async () => {
  const scene = smallScene();
  const [path] = rowsOf(scene, scene.layers[1]!, 1).paths;
  await withPage(scene, {}, async (page) => {
    await laidOut(page);
    await page.evaluate(() => window.spaceHost.failures.set('neighbours', { code: 'stale', message: 'No longer kept.' }));
    const [point] = await pointsOnPage(page, scene);
    await page.mouse.click(point!.x, point!.y);
    await byId(page, 'map-near').waitFor();
    assert.equal(await byId(page, 'map-focus').getAttribute('data-path'), path);
    assert.equal(await byId(page, 'error').count(), 0);
    await byId(page, 'map-unfocus').click();
    await page.evaluate(() => window.spaceHost.failures.set('neighbours', { code: 'internal', message: 'Nothing was found.' }));
    await page.mouse.click(point!.x, point!.y);
    await byId(page, 'error-message').waitFor();
    await byId(page, 'retry').click();
    await byId(page, 'map-near').waitFor();
  });
});

test('while pictures are indexed the map waits, and can be had of those that are there', async () => {
  const scene = smallScene({ indexed: 150 });
  await withPage(scene, { steer: stopHalfway }, async (page) => {
    await byId(page, 'map-offer').waitFor();
    assert.match(await textOf(page, 'map-start'), /Lay out the 150 that are there/);
    assert.deepEqual(await layouts(page), []);
    await byId(page, 'map-start').click();
    await page.evaluate(() => {
      window.spaceHost.pace.stopAt = 2;
    });
    await laidOut(page);
    // Indexing went on meanwhile: the map stays, and a new one is an offer.
    await byId(page, 'map-news').waitFor();
    await page.waitForFunction(() => /^\s*150 new pictures/.test(document.querySelector('[data-testid=map-news]')?.textContent ?? ''));
    await byId(page, 'map-renew').click();
    await byId(page, 'map-news').waitFor({ state: 'detached' });
    await laidOut(page);
    assert.equal(await byId(page, 'map-surface').getAttribute('aria-label'), 'Map of 300 pictures');
  });
});

test('when indexing ends the map begins by itself', async () => {
  await withPage(smallScene({ indexed: 0 }), {}, async (page) => {
    await laidOut(page);
    assert.equal((await layouts(page)).length, 1);
    assert.equal(await byId(page, 'map-surface').getAttribute('aria-label'), 'Map of 300 pictures');
  });
});

test('another method is laid out when it is chosen; PCA tells what its axes hold', async () => {
  const scene = smallScene();
  await withPage(scene, {}, async (page) => {
    await laidOut(page);
    await byId(page, 'map-method-pca').click();
    await byId(page, 'map-variance').waitFor();
    assert.equal(await textOf(page, 'map-variance'), 'axes: 34.1 % and 12.2 % of the variance');
    assert.match(await textOf(page, 'about'), /About PCA/);
    await byId(page, 'map-method-tsne').click();
    await byId(page, 'map-kl').waitFor();
    assert.deepEqual(
      (await layouts(page)).map(({ request }) => request),
      [{ method: 'tsne' }, { method: 'pca' }, { method: 'tsne' }],
    );
  });
});

test('parameters take effect when it is run again, and are kept over a reload', async () => {
  await withPage(smallScene(), {}, async (page) => {
    await laidOut(page);
    await byId(page, 'map-setup').locator('summary').click();
    assert.equal(await byId(page, 'map-again').getAttribute('disabled'), '');
    await byId(page, 'param-perplexity').fill('12');
    await byId(page, 'param-perplexity').press('Enter');
    assert.equal((await layouts(page)).length, 1);
    await byId(page, 'map-again').click();
    await page.waitForFunction(() => window.spaceHost.calls('layout').length === 2);
    await laidOut(page);
    assert.deepEqual((await layouts(page))[1]?.request, { method: 'tsne', params: { perplexity: 12 } });
    await byId(page, 'map-pictures').click();
    await byId(page, 'map-colour').click();
    await page.locator('[data-testid=map-colour] vscode-option[value=correct]').click();
    await page.reload();
    await settled(page);
    await laidOut(page);
    assert.deepEqual(await layouts(page), [{ request: { method: 'tsne', params: { perplexity: 12 } }, ended: 'answered' }]);
    assert.match(await textOf(page, 'map-legend'), /Right or wrong.*right.*wrong/);
    assert.equal(await byId(page, 'map-pictures').evaluate((box: HTMLInputElement) => box.checked), true);
    assert.equal(await byId(page, 'map-setup').getAttribute('open'), '');
  });
});

test('the card tells how to read the map', async () => {
  await withPage(smallScene(), {}, async (page) => {
    await laidOut(page);
    await byId(page, 'about').locator('summary').click();
    assert.match(await textOf(page, 'map-reading'), /How far apart two groups lie.*says little/);
  });
});

test('another view and back: the map is as it was', async () => {
  const scene = smallScene();
  await withPage(scene, { width: 1100, height: 900 }, async (page) => {
    await laidOut(page);
    const before = await shotOf(page);
    await byId(page, 'view-mistakes').click();
    await byId(page, 'map').waitFor({ state: 'detached' });
    await byId(page, 'view-map').click();
    await laidOut(page);
    const after = await shotOf(page);
    const points = await pointsOnPage(page, scene);
    assert.ok(points.every((point) => isNear(before.at(point), after.at(point))));
    assert.equal((await layouts(page)).length, 1);
  });
});

test('another data set has a map of its own', async () => {
  await withPage(smallScene(), {}, async (page) => {
    await laidOut(page);
    await page.evaluate(() => {
      const labels = window.spaceHost.scene.labels.map((label) => `other-${label}`);
      window.spaceHost.indexed = 200;
      window.spaceHost.show({ labels, images: 200 });
    });
    await page.waitForFunction(() => window.spaceHost.calls('layout').length === 2);
    await laidOut(page);
    assert.match(await textOf(page, 'map-legend'), /other-ball/);
    assert.equal(await byId(page, 'map-news').count(), 0);
  });
});

test('a subject told anew while the map is laid out: it is laid out all the same', async () => {
  await withPage(smallScene(), { steer: stopHalfway }, async (page) => {
    await page.waitForFunction(() => /iteration 500/.test(document.querySelector('[data-testid=map-progress]')?.textContent ?? ''));
    await page.evaluate(() => {
      window.spaceHost.pace.stopAt = 2;
      window.spaceHost.show({});
    });
    await laidOut(page);
    assert.deepEqual(
      (await layouts(page)).map(({ ended }) => ended),
      ['aborted', 'answered'],
    );
    assert.match(await textOf(page, 'map-status'), /The map of 300 pictures is there/);
  });
});

for (const images of [1, 2, 5]) {
  test(`${images} pictures are a map as well`, async () => {
    await withPage(smallScene({ images }), {}, async (page) => {
      await laidOut(page);
      assert.match(await textOf(page, 'map-remark'), /perplexity was lowered/);
      await byId(page, 'map-surface').focus();
      await page.keyboard.press('ArrowRight');
      await byId(page, 'map-focus').waitFor();
    });
  });
}

test('points that are all at one place, and points that are nowhere', async () => {
  const steer = (host: Host) => {
    const receive = window.postMessage.bind(window);
    // Of every layout that is told: all points at (2, 2), the first one nowhere.
    window.postMessage = ((frame: unknown, to: string) => {
      const spoil = (value: unknown): void => {
        if (value instanceof Float32Array && value.length === 2 * host.indexed) {
          value.fill(2);
          value[0] = Number.NaN;
        } else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) Object.values(value).forEach(spoil);
      };
      spoil(frame);
      receive(frame, to);
    }) as typeof window.postMessage;
  };
  await withPage(smallScene({ images: 40 }), { steer }, async (page) => {
    await laidOut(page);
    const box = (await byId(page, 'map-surface').boundingBox())!;
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await byId(page, 'map-focus').waitFor();
  });
});

test('the picture is saved with its legend, its quality and where it is from', async () => {
  await withPage(smallScene(), {}, async (page) => {
    await laidOut(page);
    await byId(page, 'map-save').click();
    await page.waitForFunction(() => window.spaceHost.calls('savePicture').length === 1);
    const saved = await page.evaluate(async () => {
      const { png, name, provenance } = window.spaceHost.calls('savePicture')[0]!.params;
      const bitmap = await createImageBitmap(new Blob([new Uint8Array(png as Uint8Array)], { type: 'image/png' }));
      const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
      pen.drawImage(bitmap, 0, 0);
      const { data } = pen.getImageData(0, 0, bitmap.width, bitmap.height);
      let blue = 0;
      for (let i = 0; i < data.length; i += 4) if (data[i] === 0x56 && data[i + 1] === 0xb4 && data[i + 2] === 0xe9) blue++;
      return { name, provenance: provenance as Record<string, unknown>, width: bitmap.width, blue };
    });
    assert.equal(saved.name, 'map.tsne');
    const { model, layer, kl, pictures, colouredBy } = saved.provenance;
    assert.deepEqual(
      { model, layer, kl, pictures, colouredBy },
      { model: '/ws/models/shapes-cnn/model.json', layer: 'global_average_pooling2d', kl: 1.71, pictures: 300, colouredBy: 'predicted' },
    );
    const surface = (await byId(page, 'map-surface').boundingBox())!;
    assert.ok(saved.width > surface.width + 180, 'there is a legend');
    assert.ok(saved.blue > 100, `${saved.blue} pixels of the first class`);
    assert.match(await textOf(page, 'notice'), /Saved as map.tsne.png/);
  });
});

test('with less motion the view jumps to where the points are', async () => {
  const scene = smallScene();
  await withPage(scene, { reducedMotion: 'reduce', width: 1100, height: 900 }, async (page) => {
    await page.waitForSelector('[data-testid=map][data-run=done]');
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    const shot = await shotOf(page);
    const points = await pointsOnPage(page, scene);
    assert.ok(points.filter((point) => !isNear(shot.at(point), [18, 19, 20])).length > 290);
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { sampleColorMap } from '../../src/shared/colorMaps.ts';
import { byId, choose, overlayAt, settled, textOf, useBrowser } from './open.ts';
import { croppedScene, sampleScene } from './scenes.ts';

const { withPage } = useBrowser();

const near = (got: readonly number[], want: readonly number[], by: number) =>
  assert.ok(got.length === want.length && got.every((v, i) => Math.abs(v - want[i]!) <= by), `${got} is not within ${by} of ${want}`);

test('Grad-CAM is bright on the thing and dark elsewhere', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    assert.equal(await byId(page, 'stage').getAttribute('data-method'), 'grad-cam');
    assert.equal(await byId(page, 'stage').getAttribute('data-layer'), 'conv2d_3');
    // The cell middles nearest to the ball (125, 131) hold the maximum: the end of the colour map.
    near(await overlayAt(page, 125, 131), [...sampleColorMap('viridis', 1), 255], 40);
    near(await overlayAt(page, 300, 180), [...sampleColorMap('viridis', 0), 255], 2);
    near(await overlayAt(page, 200, 20), [...sampleColorMap('viridis', 0), 255], 2);
    assert.equal(await textOf(page, 'legend-low'), '0');
    assert.match(await textOf(page, 'legend-unit'), /max\(0, value\) · Σ w·A of the logit/);
    assert.match(
      await textOf(page, 'map-line'),
      /^Grad-CAM \(positive evidence\) · logit of ball · conv2d_3 8 × 8 · onnxruntime 1\.30\.0 \(CPU\) · 85 ms$/,
    );
  });
});

test('another class moves the heat', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await byId(page, 'class-1').click();
    await page.waitForSelector('[data-testid=stage][data-class="1"][data-map=done]');
    near(await overlayAt(page, 300, 180), [...sampleColorMap('viridis', 1), 255], 60);
    near(await overlayAt(page, 100, 120), [...sampleColorMap('viridis', 0), 255], 2);
  });
});

test('signed maps are drawn around a neutral 0, symmetric', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await choose(page, 'occlusion');
    await page.waitForSelector('[data-testid=stage][data-method=occlusion][data-map=done]');
    const [low, zero, high] = [await textOf(page, 'legend-low'), await textOf(page, 'legend-zero'), await textOf(page, 'legend-high')];
    assert.equal(zero, '0');
    assert.equal(low, `−${high}`);
    const [ball, cube, nothing] = [await overlayAt(page, 100, 120), await overlayAt(page, 300, 180), await overlayAt(page, 200, 20)];
    assert.ok(ball[0]! > ball[2]! + 60, `red where the class is: ${ball}`);
    assert.ok(cube[2]! > cube[0]! + 60, `blue where another class is: ${cube}`);
    near(nothing.slice(0, 3), sampleColorMap('coolwarm', 0.5), 14);
    const shown = () => byId(page, 'color-map').evaluate((e) => e.shadowRoot!.querySelector('.selected-value')!.textContent!.trim());
    assert.equal(await shown(), 'Blue – grey – red');
    await choose(page, 'grad-cam');
    await page.waitForSelector('[data-testid=stage][data-method=grad-cam]');
    assert.equal(await shown(), 'Viridis');
  });
});

test('cells not computed yet are hatched, not coloured', async () => {
  const steer = (host: { slow: object }) => {
    host.slow = { steps: 10, ms: 5, stopAt: 0.5 };
  };
  await withPage(await sampleScene(), { until: 'busy', steer }, async (page) => {
    await choose(page, 'occlusion');
    await page.waitForFunction(() => document.querySelector('[data-testid=progress-text]')?.textContent?.startsWith('50 %'));
    assert.equal((await overlayAt(page, 100, 60))[3], 255);
    const alphas = await byId(page, 'overlay').evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const copy = new OffscreenCanvas(width, 40).getContext('2d', { willReadFrequently: true })!;
      copy.drawImage(canvas as HTMLCanvasElement, 0, -Math.floor(height * 0.7));
      const { data } = copy.getImageData(0, 0, width, 40);
      const all = data.filter((_, i) => i % 4 === 3);
      return { clear: all.filter((a) => a === 0).length / all.length, solid: all.filter((a) => a > 200).length / all.length };
    });
    assert.ok(alphas.clear > 0.3 && alphas.solid < 0.05, JSON.stringify(alphas));
    assert.match(await textOf(page, 'progress-text'), /^50 %, about \d+ s left$/);
    await byId(page, 'viewport').hover({ position: { x: 200, y: 300 } });
    assert.match(await textOf(page, 'probe'), /not computed/);
  });
});

test('a flat map is said to be flat and not drawn', async () => {
  await withPage({ ...(await sampleScene()), flat: ['grad-cam'] }, {}, async (page) => {
    assert.equal(await byId(page, 'stage').getAttribute('data-map'), 'flat');
    assert.match(await textOf(page, 'flat'), /Every value of this map is 0/);
    assert.deepEqual(await overlayAt(page, 100, 120), [0, 0, 0, 0]);
    assert.equal(await byId(page, 'legend-high').count(), 0);
  });
});

test('a cropped input: nothing is drawn where the network did not look', async () => {
  await withPage(await croppedScene(), {}, async (page) => {
    assert.deepEqual(await overlayAt(page, 20, 150), [0, 0, 0, 0]);
    assert.equal((await overlayAt(page, 60, 150))[3], 255);
    assert.equal(await byId(page, 'seen-frame').count(), 1);
    await byId(page, 'frame').hover({ position: { x: 5, y: 100 } });
    assert.match(await textOf(page, 'probe-value'), /not seen by the network/);
  });
});

test('padding: the part of the map beside the image is cut off', async () => {
  const scene = await sampleScene();
  const padded = { ...scene, fed: { ...scene.fed, covers: { x: 0, y: -50, width: 400, height: 400 } } };
  await withPage(padded, {}, async (page) => {
    assert.equal(await byId(page, 'seen-frame').count(), 0);
    near(await overlayAt(page, 75, 125), [...sampleColorMap('viridis', 1), 255], 60);
    assert.equal((await overlayAt(page, 399, 299))[3], 255);
  });
});

test('the probe reads place, colour and raw value', async () => {
  const scene = await sampleScene();
  const raw = await sharp(Buffer.from(scene.image.png, 'base64')).removeAlpha().raw().toBuffer();
  await withPage(scene, {}, async (page) => {
    await byId(page, 'viewport').focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await textOf(page, 'probe-place'), 'x 200, y 150');
    const at = 3 * (150 * 400 + 200);
    assert.equal(await textOf(page, 'probe-rgb'), `RGB ${[...raw.subarray(at, at + 3)].join(' ')}`);
    assert.match(await textOf(page, 'probe-cell'), /row 4, column 4 of 8 × 8/);
    await page.keyboard.press('ArrowLeft');
    assert.equal(await textOf(page, 'probe-place'), 'x 150, y 150');
    await page.keyboard.press('Shift+ArrowUp');
    assert.equal(await textOf(page, 'probe-place'), 'x 150, y 149');
    await byId(page, 'frame').hover({ position: { x: 100, y: 100 } });
    assert.notEqual(await textOf(page, 'probe-place'), 'x 150, y 149');
  });
});

test('opacity, colour map, range and interpolation ask nothing of the engine', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    const asked = () => page.evaluate(() => window.host.log.length);
    const before = await asked();
    await byId(page, 'opacity').fill('0.8');
    assert.equal(await byId(page, 'overlay').evaluate((c) => (c as HTMLElement).style.opacity), '0.8');
    await byId(page, 'color-map').focus();
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(() => {
      const state = JSON.parse(sessionStorage.getItem('glassbox-state') ?? '{}');
      return state.ui?.colorMap === 'magma';
    });
    near(await overlayAt(page, 300, 180), [...sampleColorMap('magma', 0), 255], 2);
    const smooth = await overlayAt(page, 160, 120);
    await byId(page, 'smooth').click();
    // Without interpolation every pixel of a cell has the colour of its middle.
    assert.deepEqual(await overlayAt(page, 155, 115), await overlayAt(page, 195, 148));
    assert.notDeepEqual(await overlayAt(page, 160, 120), smooth);
    assert.equal(await asked(), before);
  });
});

test('the exported picture is the image with the map over it', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await byId(page, 'opacity').fill('1');
    await byId(page, 'export').click();
    await byId(page, 'export-png').click();
    await byId(page, 'notice').waitFor();
    assert.match(await textOf(page, 'notice'), /Saved as both\.grad-cam\.png/);
    const sent = await page.evaluate(() => {
      const { png, provenance, map } = window.host.calls('export')[0]!.params as unknown as {
        png: Uint8Array;
        provenance: Record<string, unknown>;
        map: { values: Float32Array };
      };
      return { png: [...png], provenance, count: map.values.length };
    });
    const { data, info } = await sharp(Buffer.from(sent.png)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height], [512, 384]);
    const pixel = (x: number, y: number) => [...data.subarray(3 * (y * 512 + x), 3 * (y * 512 + x) + 3)];
    near(pixel(Math.round(300 * 1.28), Math.round(180 * 1.28)), sampleColorMap('viridis', 0), 3);
    near(pixel(Math.round(125 * 1.28), Math.round(131 * 1.28)), sampleColorMap('viridis', 1), 40);
    assert.equal(sent.count, 64);
    assert.deepEqual(
      { ...sent.provenance, modelHash: '', imageHash: '', preprocessing: undefined },
      {
        tool: 'Glassbox',
        model: '/ws/models/shapes-cnn/model.json',
        modelHash: '',
        image: 'shapes/ball/ball-0042.png',
        imageHash: '',
        method: 'grad-cam',
        variant: 'standard',
        layer: 'conv2d_3',
        class: { index: 0, label: 'ball' },
        target: 'logit of ball',
        params: {},
        engine: 'onnxruntime 1.30.0 (CPU)',
        preprocessing: undefined,
      },
    );
  });
});

test('holding Space or the eye hides the map; letting go shows it again', async () => {
  await withPage(await sampleScene(), { reducedMotion: 'reduce' }, async (page) => {
    const opacity = () => byId(page, 'overlay').evaluate((c) => getComputedStyle(c).opacity);
    await byId(page, 'viewport').focus();
    await page.keyboard.down('Space');
    assert.equal(await opacity(), '0');
    await page.keyboard.up('Space');
    assert.equal(await opacity(), '0.55');
    await byId(page, 'peek').hover();
    await page.mouse.down();
    assert.equal(await opacity(), '0');
    await page.mouse.up();
    assert.equal(await opacity(), '0.55');
  });
});

test('zooming keeps the map over the image', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    const box = () => byId(page, 'frame').boundingBox();
    const before = await box();
    await byId(page, 'zoom-in').click();
    await byId(page, 'zoom-in').click();
    const after = await box();
    assert.ok(after!.width > before!.width * 2);
    const sizes = await page.evaluate(() =>
      ['picture', 'overlay'].map((id) => {
        const { width, height } = document.querySelector(`[data-testid=${id}]`)!.getBoundingClientRect();
        return [Math.round(width), Math.round(height)];
      }),
    );
    assert.deepEqual(sizes[0], sizes[1]);
    await byId(page, 'viewport').focus();
    await page.keyboard.press('0');
    assert.deepEqual(await box(), before);
    await settled(page);
  });
});

test('a picture that is overwritten is drawn anew, without a gap', async () => {
  const scene = await sampleScene();
  const white = await sharp({ create: { width: 400, height: 300, channels: 3, background: '#fff' } })
    .png()
    .toBuffer();
  await withPage(scene, {}, async (page) => {
    await page.evaluate((png) => {
      const { scene } = window.host;
      window.host.show({ image: { ...scene.image, png }, subject: { ...scene.subject, imageUri: undefined } });
    }, white.toString('base64'));
    await page.waitForSelector('[data-testid=root][data-generation="2"]');
    assert.equal(await page.locator('[data-testid=frame].loaded').count(), 1, 'the old one stays meanwhile');
    await page.waitForFunction(() => document.querySelector('[data-testid=picture]')?.getAttribute('src')?.startsWith('blob:'));
    await settled(page);
    await byId(page, 'viewport').focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await textOf(page, 'probe-rgb'), 'RGB 255 255 255');
  });
});

test('the engine’s own picture is shown where the browser cannot draw the file or sees it turned', async () => {
  const scene = await sampleScene();
  for (const imageUri of [undefined, '/image.png?broken']) {
    await withPage({ ...scene, subject: { ...scene.subject, imageUri } }, { until: 'ready' }, async (page) => {
      await page.waitForFunction(() => document.querySelector('[data-testid=picture]')?.getAttribute('src')?.startsWith('blob:'));
      await page.waitForSelector('[data-testid=overlay]');
      assert.equal(await page.evaluate(() => window.host.calls('imagePng').length), 1);
    });
  }
  const turned = { ...scene, image: { ...scene.image, width: 300, height: 400 } };
  await withPage(turned, {}, async (page) => {
    await page.waitForFunction(() => window.host.calls('imagePng').length === 1);
  });
});

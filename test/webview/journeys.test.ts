import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { methodInfo } from './methods.ts';
import { byId, settled, textOf, useBrowser } from './open.ts';
import { sampleScene } from './scenes.ts';

const { withPage } = useBrowser();

interface Asked {
  method: string;
  layer: string | undefined;
  class: number;
  priority: number;
  generation: number;
  ended: string;
}

/** The explain calls so far, in order. */
function explained(page: Page): Promise<Asked[]> {
  return page.evaluate(() =>
    window.host.log
      .filter((entry) => entry.method.startsWith('explain:'))
      .map(({ params, ended }) => {
        const { request, priority, generation } = params as unknown as { request: Asked; priority: number; generation: number };
        return { method: request.method, layer: request.layer, class: request.class, priority, generation, ended };
      }),
  );
}

test('image and model stand there before anything is computed, and nothing jumps later', async () => {
  const steer = (host: { held: Set<string> }) => {
    host.held.add('predict');
  };
  await withPage(await sampleScene(), { until: 'loading', steer }, async (page) => {
    await page.waitForSelector('[data-testid=frame].loaded');
    assert.equal(await textOf(page, 'image-name'), 'ball-0042.png');
    assert.equal(await textOf(page, 'model-name'), 'shapes-cnn');
    assert.equal(await byId(page, 'classes-skeleton').count(), 1);
    const places = () =>
      page.evaluate(() =>
        ['stage', 'frame', 'methods', 'fed', 'class-search', 'legend', 'probe', 'layer', 'opacity', 'smooth'].map((id) => {
          const box = document.querySelector(`[data-testid=${id}]`)!.getBoundingClientRect();
          return `${id} ${[box.x, box.y, box.width].map(Math.round)}`;
        }),
      );
    const before = await places();
    await page.evaluate(() => window.host.held.delete('predict'));
    await settled(page);
    assert.deepEqual(await places(), before);
  });
});

test('the fast methods come first, the slow one last and with low priority', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    const asked = await explained(page);
    assert.deepEqual(
      asked.map((call) => [call.method, call.class, call.layer]),
      [
        ['gradcam', 0, 'conv2d_3'],
        ['saliency', 0, undefined],
        ['occlusion', 0, undefined],
      ],
    );
    assert.ok(asked[0]!.priority > asked[1]!.priority && asked[1]!.priority > 0 && asked[2]!.priority < 0);
  });
});

test('another layer: only the method that works at layers is asked, on screen at once', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    const before = (await explained(page)).length;
    await byId(page, 'layer').focus();
    assert.match(await textOf(page, 'layer-facts'), /conv2d_3.*Conv2D · 64 × 8 × 8 · default/);
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.waitForSelector('[data-testid=stage][data-layer=conv2d_1][data-map=done]');
    await settled(page);
    const asked = (await explained(page)).slice(before);
    assert.deepEqual(
      asked.map((call) => [call.method, call.layer]),
      [['gradcam', 'conv2d_1']],
      'moving through layers asks only where it rests',
    );
    assert.match(await textOf(page, 'layer-facts'), /conv2d_1.*Conv2D · 32 × 32 × 32/);
    assert.match(await textOf(page, 'map-line'), /conv2d_1 32 × 32/);
    await byId(page, 'method-saliency').click();
    assert.equal(await byId(page, 'layer').isDisabled(), true);
    assert.match(await textOf(page, 'layer-facts'), /Saliency works on the input/);
  });
});

test('another class: the method on screen first, what is no longer wanted is stopped', async () => {
  const steer = (host: { held: Set<string> }) => {
    host.held.add('explain:saliency');
  };
  await withPage(await sampleScene(), { until: 'busy', steer }, async (page) => {
    await page.waitForSelector('[data-testid=stage][data-map=done]');
    await byId(page, 'class-2').click();
    await page.waitForSelector('[data-testid=stage][data-class="2"][data-map=done]');
    await page.evaluate(() => window.host.held.clear());
    await settled(page);
    const asked = await explained(page);
    assert.deepEqual(
      asked.map((call) => `${call.method} ${call.class} ${call.ended}`),
      ['gradcam 0 answered', 'saliency 0 aborted', 'gradcam 2 answered', 'saliency 2 answered', 'occlusion 2 answered'],
    );
  });
});

test('a map on its way: the earlier one stays, faded and said to be so', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await page.evaluate(() => window.host.held.add('explain:gradcam'));
    await byId(page, 'class-1').click();
    await page.waitForSelector('[data-testid=stage][data-map=stale]');
    assert.match(await textOf(page, 'map-line'), /ball.*earlier map/);
    assert.ok(Number(await byId(page, 'overlay').evaluate((c) => (c as HTMLElement).style.opacity)) < 0.3);
    assert.equal(await byId(page, 'export').evaluate((b) => b.hasAttribute('disabled')), true);
    await page.evaluate(() => window.host.held.clear());
    await page.waitForSelector('[data-testid=stage][data-class="1"][data-map=done]');
  });
});

test('Escape and Cancel stop the work and keep the part that is there', async () => {
  const steer = (host: { slow: object }) => {
    host.slow = { steps: 100, ms: 3, stopAt: 0.43 };
  };
  await withPage(await sampleScene(), { until: 'busy', steer }, async (page) => {
    await byId(page, 'method-occlusion').click();
    await page.waitForFunction(() => document.querySelector('[data-testid=progress-text]')?.textContent?.startsWith('43 %'));
    await page.keyboard.press('Escape');
    await byId(page, 'stopped').waitFor();
    assert.match(await textOf(page, 'stopped'), /Partial map, 43 %/);
    assert.match(await textOf(page, 'map-line'), /partial, 43 %/);
    assert.match(await textOf(page, 'method-occlusion'), /stopped at 43 %/);
    await settled(page);
    assert.equal((await explained(page)).at(-1)?.ended, 'aborted');
    await page.evaluate(() => {
      window.host.slow = { steps: 4, ms: 3, stopAt: 0.5 };
    });
    await byId(page, 'resume').click();
    await byId(page, 'cancel').click();
    await byId(page, 'stopped').waitFor();
    await page.evaluate(() => {
      window.host.slow.stopAt = 2;
    });
    await byId(page, 'resume').click();
    await page.waitForSelector('[data-testid=stage][data-method=occlusion][data-map=done]');
  });
});

test('Escape stops the prediction too', async () => {
  const steer = (host: { held: Set<string> }) => {
    host.held.add('predict');
  };
  await withPage(await sampleScene(), { until: 'loading', steer }, async (page) => {
    await page.waitForFunction(() => window.host.calls('predict').length === 1);
    await page.keyboard.press('Escape');
    await settled(page, 'error');
    assert.equal(await textOf(page, 'error-message'), 'Cancelled.');
    await page.evaluate(() => window.host.held.clear());
    await byId(page, 'retry').click();
    await settled(page);
  });
});

test('replies to an older subject are dropped; choices stay, the class starts anew', async () => {
  const other = await sampleScene();
  await withPage(other, {}, async (page) => {
    await byId(page, 'layer').focus();
    await page.keyboard.press('Home');
    await byId(page, 'opacity').fill('0.3');
    await byId(page, 'class-1').click();
    await page.waitForSelector('[data-testid=stage][data-class="1"][data-layer=conv2d]');
    await settled(page);
    // The old image's prediction is under way when the new one comes, and answers late.
    await page.evaluate(() => {
      const { host } = window;
      host.held.add('predict');
      const subject = (name: string) => ({ ...host.scene.subject, imageName: name, imagePath: `shapes/${name}` });
      host.show({ subject: subject('old.png'), logits: [0, 0, 0, 0, 0, 0, 0, 0, 0, 9] });
      setTimeout(() => {
        host.show({ subject: subject('new.png'), logits: [0, 0, 9, 0, 0, 0, 0, 0, 0, 0], truth: 1 });
        setTimeout(() => host.held.clear(), 50);
      }, 50);
    });
    await page.waitForSelector('[data-testid=root][data-generation="3"]');
    await settled(page);
    assert.equal(await textOf(page, 'image-name'), 'new.png');
    assert.equal(await textOf(page, 'top1'), 'cone');
    assert.equal(await byId(page, 'stage').getAttribute('data-class'), '2');
    assert.equal(await byId(page, 'stage').getAttribute('data-layer'), 'conv2d');
    assert.equal(await byId(page, 'opacity').inputValue(), '0.3');
    assert.match(await textOf(page, 'verdict'), /wrong, its folder says cube/);
    assert.ok((await explained(page)).filter((call) => call.generation === 3).every((call) => call.class === 2));
  });
});

test('a reload brings everything back as it was', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await byId(page, 'method-occlusion').click();
    await byId(page, 'class-1').click();
    await byId(page, 'opacity').fill('0.7');
    await settled(page);
    await page.reload();
    await settled(page);
    const stage = byId(page, 'stage');
    assert.equal(await stage.getAttribute('data-method'), 'occlusion');
    assert.equal(await stage.getAttribute('data-class'), '1');
    assert.equal(await byId(page, 'opacity').inputValue(), '0.7');
    const kept = await page.evaluate(() => JSON.parse(sessionStorage.getItem('glassbox-state')!));
    assert.equal(kept.subject.restore, '{}');
    assert.equal(kept.ui.class, 1);
    assert.ok(JSON.stringify(kept).length < 2000, 'choices only, no data');
  });
});

test('state of another version does no harm', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await page.evaluate(() =>
      sessionStorage.setItem('glassbox-state', JSON.stringify({ ui: { method: 3, opacity: 'x', class: -4, params: [] } })),
    );
    await page.reload();
    await settled(page);
    assert.equal(await byId(page, 'stage').getAttribute('data-method'), 'gradcam');
  });
});

test('variant and parameters ask anew and are kept per method', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await byId(page, 'variant').focus();
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(() => document.querySelector('[data-testid=map-line]')?.textContent?.includes('Grad-CAM++'));
    await byId(page, 'method-occlusion').click();
    await byId(page, 'param-window').fill('16');
    await page.keyboard.press('Enter');
    await settled(page);
    const request = await page.evaluate(() => (window.host.calls('explain:occlusion').at(-1)!.params as { request?: unknown }).request);
    assert.deepEqual(request, { method: 'occlusion', class: 0, params: { window: 16 } });
    const before = (await explained(page)).length;
    await byId(page, 'param-window').fill('5000');
    await page.keyboard.press('Enter');
    assert.equal((await explained(page)).length, before, 'out of bounds is not asked');
    await byId(page, 'param-window').fill('');
    await page.keyboard.press('Enter');
    await settled(page);
    const back = await page.evaluate(() => (window.host.calls('explain:occlusion').at(-1)!.params as { request?: unknown }).request);
    assert.deepEqual(back, { method: 'occlusion', class: 0, params: { window: 0 } }, 'emptied: the method chooses');
    await byId(page, 'method-gradcam').click();
    assert.match(await textOf(page, 'map-line'), /Grad-CAM\+\+/);
  });
});

test('a model without labels or spatial layers is still explained', async () => {
  const scene = await sampleScene();
  const dense = scene.layers.filter((l) => !l.spatial);
  await withPage(
    { ...scene, labels: undefined, truth: undefined, layers: dense, defaultLayer: 'dense', methods: [methodInfo('saliency')] },
    {},
    async (page) => {
      assert.equal(await textOf(page, 'top1'), 'class 0');
      assert.equal(await byId(page, 'verdict').count(), 0);
      assert.equal(await byId(page, 'layer').isDisabled(), true);
    },
  );
});

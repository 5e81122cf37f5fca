import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import type { MapRequest, MethodFamily } from '../../src/shared/protocol.ts';
import { methodInfo, methods } from './methods.ts';
import { byId, choose, settled, textOf, useBrowser } from './open.ts';
import { sampleScene } from './scenes.ts';

const { withPage } = useBrowser();

interface Asked {
  /** Methods asked for: one by itself, or several at once. */
  methods: string[];
  together: boolean;
  layers: (string | undefined)[];
  class: number | undefined;
  priority: number;
  generation: number;
  ended: string;
}

/** The calls for maps so far, in order. */
function explained(page: Page): Promise<Asked[]> {
  return page.evaluate(() =>
    window.host.log
      .filter((entry) => entry.method.startsWith('explain'))
      .map(({ method, params, ended }) => {
        const { request, requests, priority, generation } = params as unknown as {
          request?: MapRequest;
          requests?: MapRequest[];
          priority: number;
          generation: number;
        };
        const all = requests ?? (request ? [request] : []);
        return {
          methods: all.map((r) => r.method),
          together: method === 'explainAll',
          layers: all.map((r) => r.layer),
          class: all.find((r) => r.class !== undefined)?.class,
          priority,
          generation,
          ended,
        };
      }),
  );
}

/** The methods of a family that get thumbs unasked. */
const fast = (family: MethodFamily, but = '') => methods.filter((m) => m.family === family && !m.slow && m.id !== but).map((m) => m.id);

const short = (call: Asked) => `${call.together ? 'together' : call.methods} ${call.class} ${call.ended}`;

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
        [
          'families',
          'methods',
          'stage',
          'frame',
          'fed',
          'slot-class',
          'swap',
          'class-search',
          'legend',
          'probe',
          'layer',
          'opacity',
          'smooth',
        ].map((id) => {
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

test('the chosen map comes first, then the thumbs of its family from one call; nothing slow runs', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    const asked = await explained(page);
    assert.deepEqual(
      asked.map((call) => [call.together, call.methods, call.class]),
      [
        [false, ['grad-cam'], 0],
        [true, fast('cam', 'grad-cam'), 0],
      ],
    );
    assert.deepEqual(asked[0]!.layers, ['conv2d_3']);
    assert.ok(asked[0]!.priority > 0 && asked[1]!.priority < 0);
    for (const id of fast('cam')) {
      assert.equal(await byId(page, `method-${id}`).getAttribute('data-state'), 'done', id);
      assert.equal(await byId(page, `method-${id}`).locator('canvas').count(), 1, id);
    }
    assert.match(await textOf(page, 'method-score-cam'), /slow, runs when chosen/);
  });
});

test('thumbs wait for the chosen map, and each is shown as it comes', async () => {
  const steer = (host: { held: Set<string> }) => {
    host.held.add('explain:grad-cam');
    host.held.add('explain:xgrad-cam');
  };
  await withPage(await sampleScene(), { until: 'busy', steer }, async (page) => {
    await page.waitForFunction(() => window.host.calls('explain:grad-cam').length === 1);
    assert.equal((await explained(page)).length, 1);
    await page.evaluate(() => window.host.held.delete('explain:grad-cam'));
    await page.waitForSelector('[data-testid=method-layer-cam][data-state=done]');
    assert.equal(await byId(page, 'method-xgrad-cam').getAttribute('data-state'), 'running');
    await page.evaluate(() => window.host.held.clear());
    await settled(page);
    assert.equal(await byId(page, 'method-xgrad-cam').getAttribute('data-state'), 'done');
  });
});

test('a thumb on its way that is chosen is asked for by itself', async () => {
  const steer = (host: { held: Set<string> }) => {
    host.held.add('explainAll');
  };
  await withPage(await sampleScene(), { until: 'busy', steer }, async (page) => {
    await page.waitForFunction(() => window.host.calls('explainAll').length === 1);
    await byId(page, 'method-hires-cam').click();
    await page.waitForSelector('[data-testid=stage][data-method=hires-cam][data-map=done]');
    await page.evaluate(() => window.host.held.clear());
    await settled(page);
    assert.deepEqual((await explained(page)).map(short), ['grad-cam 0 answered', 'together 0 answered', 'hires-cam 0 answered']);
  });
});

test('another family: its thumbs come, the chosen map stays', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await byId(page, 'family-relevance').click();
    await page.waitForSelector('[data-testid=method-lrp][data-state=done]');
    await settled(page);
    assert.deepEqual(
      (await explained(page)).slice(2).map((call) => [call.together, call.methods]),
      [[true, fast('relevance')]],
    );
    assert.equal(await byId(page, 'stage').getAttribute('data-method'), 'grad-cam');
    assert.match((await byId(page, 'family-cam').getAttribute('aria-label')) ?? '', /holds the chosen method/);
    await byId(page, 'method-lrp').click();
    await page.waitForSelector('[data-testid=stage][data-method=lrp][data-map=done]');
    await byId(page, 'family-cam').click();
    await settled(page);
    assert.equal((await explained(page)).length, 3, 'all of that was there already');
  });
});

test('a family left before its thumbs are there: they are stopped, and asked for again on return', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await page.evaluate(() => window.host.held.add('explain:saliency'));
    await byId(page, 'family-backpropagation').click();
    await page.waitForFunction(() => window.host.calls('explainAll').length === 2);
    await byId(page, 'family-cam').click();
    await page.waitForFunction(() => window.host.calls('explainAll')[1]?.ended === 'aborted');
    await page.evaluate(() => window.host.held.clear());
    await byId(page, 'family-backpropagation').click();
    await page.waitForSelector('[data-testid=method-saliency][data-state=done]');
  });
});

test('another layer: the chosen method where the slider rests, then the thumbs that stand at layers', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    const before = (await explained(page)).length;
    await byId(page, 'layer').focus();
    assert.match(await textOf(page, 'layer-facts'), /conv2d_3.*Conv2D · 64 × 8 × 8 · default/);
    await page.evaluate(() => {
      const slider = document.querySelector<HTMLInputElement>('[data-testid=layer]')!;
      for (const at of ['0', '1', '2']) {
        slider.value = at;
        slider.dispatchEvent(new Event('input'));
      }
    });
    await page.waitForSelector('[data-testid=stage][data-layer=conv2d_1][data-map=done]');
    await settled(page);
    const asked = (await explained(page)).slice(before);
    const atLayers = fast('cam', 'grad-cam').filter((id) => methodInfo(id).at === 'layer');
    assert.deepEqual(
      asked.map((call) => call.methods),
      [['grad-cam'], atLayers],
    );
    assert.ok(asked.every((call) => call.layers.every((layer) => layer === 'conv2d_1')));
    assert.match(await textOf(page, 'layer-facts'), /conv2d_1.*Conv2D · 32 × 32 × 32/);
    assert.match(await textOf(page, 'map-line'), /conv2d_1 32 × 32/);
    await byId(page, 'reveal-layer').click();
    await page.waitForFunction(() => window.host.calls('revealLayer').length > 0);
    const reveal = await page.evaluate(() => window.host.calls('revealLayer').map(({ params }) => params));
    assert.deepEqual(reveal, [{ generation: 1, layer: 'conv2d_1' }]);
    await byId(page, 'layer').focus();
    await page.keyboard.press('End');
    await page.waitForSelector('[data-testid=stage][data-layer=conv2d_3][data-map=done]');
    await settled(page);
    assert.equal((await explained(page)).length, before + 2, 'a layer seen before is there at once');
    await choose(page, 'saliency');
    assert.equal(await byId(page, 'layer').isDisabled(), true);
    assert.match(await textOf(page, 'layer-facts'), /Saliency works on the input/);
  });
});

test('another class: the map on screen first, what is no longer wanted is stopped', async () => {
  const steer = (host: { held: Set<string> }) => {
    host.held.add('explainAll');
  };
  await withPage(await sampleScene(), { until: 'busy', steer }, async (page) => {
    await page.waitForFunction(() => window.host.calls('explainAll').length === 1);
    await byId(page, 'class-2').click();
    await page.waitForSelector('[data-testid=stage][data-class="2"][data-map=done]');
    await page.evaluate(() => window.host.held.clear());
    await settled(page);
    assert.deepEqual((await explained(page)).map(short), [
      'grad-cam 0 answered',
      'together 0 aborted',
      'grad-cam 2 answered',
      'together 2 answered',
    ]);
    await byId(page, 'class-1').click();
    await page.waitForSelector('[data-testid=stage][data-class="1"][data-map=done]');
    await settled(page);
    assert.ok(!(await explained(page)).at(-1)!.methods.includes('eigen-cam'), 'the same for every class: asked for once');
  });
});

test('a map on its way: the earlier one stays, faded and said to be so', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await page.evaluate(() => window.host.held.add('explain:grad-cam'));
    await byId(page, 'class-1').click();
    await page.waitForSelector('[data-testid=stage][data-map=stale]');
    assert.match(await textOf(page, 'map-line'), /ball.*earlier map/);
    assert.ok(Number(await byId(page, 'overlay').evaluate((c) => (c as HTMLElement).style.opacity)) < 0.3);
    assert.equal(await byId(page, 'export').evaluate((b) => b.hasAttribute('disabled')), true);
    await page.evaluate(() => window.host.held.clear());
    await page.waitForSelector('[data-testid=stage][data-class="1"][data-map=done]');
  });
});

test('a slow method runs on while another is looked at, and stops when it would explain something else', async () => {
  const steer = (host: { slow: object }) => {
    host.slow = { steps: 10, ms: 5, stopAt: 0.4 };
  };
  await withPage(await sampleScene(), { steer }, async (page) => {
    await choose(page, 'occlusion');
    await page.waitForFunction(() => document.querySelector('[data-testid=progress-text]')?.textContent?.startsWith('40 %'));
    await byId(page, 'family-cam').click();
    await byId(page, 'method-grad-cam').click();
    await page.waitForSelector('[data-testid=stage][data-method=grad-cam][data-map=done]');
    await byId(page, 'family-perturbation').click();
    assert.match(await textOf(page, 'method-occlusion'), /40 %/);
    assert.equal((await explained(page)).find((call) => call.methods[0] === 'occlusion')?.ended, 'no');
    await byId(page, 'class-1').click();
    await settled(page);
    const slow = (await explained(page)).filter((call) => call.methods.includes('occlusion'));
    assert.deepEqual(
      slow.map((call) => call.ended),
      ['aborted'],
    );
    assert.ok(slow[0]!.priority < 0, 'behind all that is short');
  });
});

test('a slow method that is only passed by is not started', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await byId(page, 'family-perturbation').click();
    await page.evaluate(() => {
      for (const id of ['occlusion', 'rise']) document.querySelector<HTMLElement>(`[data-testid=method-${id}]`)!.click();
    });
    await page.waitForSelector('[data-testid=stage][data-method=rise][data-map=done]');
    assert.deepEqual(
      (await explained(page)).filter((call) => !call.together).map((call) => call.methods[0]),
      ['grad-cam', 'rise'],
    );
  });
});

test('Escape and Cancel stop the work and keep the part that is there', async () => {
  const steer = (host: { slow: object }) => {
    host.slow = { steps: 100, ms: 3, stopAt: 0.43 };
  };
  await withPage(await sampleScene(), { steer }, async (page) => {
    await choose(page, 'occlusion');
    await page.waitForFunction(() => document.querySelector('[data-testid=progress-text]')?.textContent?.startsWith('43 %'));
    await page.keyboard.press('Escape');
    await byId(page, 'stopped').waitFor();
    assert.match(await textOf(page, 'stopped'), /Stopped at 43 %.*Continue/);
    assert.match(await textOf(page, 'map-line'), /partial, 43 %/);
    assert.match(await textOf(page, 'method-occlusion'), /stopped at 43 %/);
    await settled(page);
    assert.equal((await explained(page)).at(-1)?.ended, 'aborted');
    await page.evaluate(() => {
      window.host.slow = { steps: 4, ms: 3, stopAt: 0.5 };
      window.host.held.add('explain:occlusion');
    });
    await byId(page, 'resume').click();
    await byId(page, 'progress').waitFor();
    assert.match(await textOf(page, 'map-line'), /partial, 43 %/, 'the part stays on screen until more of it comes');
    await page.evaluate(() => window.host.held.clear());
    await byId(page, 'cancel').click();
    await byId(page, 'stopped').waitFor();
    await page.evaluate(() => {
      window.host.slow.stopAt = 2;
    });
    await byId(page, 'resume').click();
    await page.waitForSelector('[data-testid=stage][data-method=occlusion][data-map=done]');
  });
});

test('Escape stops the thumbs; choosing one asks for it after all', async () => {
  const steer = (host: { held: Set<string> }) => {
    host.held.add('explainAll');
  };
  await withPage(await sampleScene(), { until: 'busy', steer }, async (page) => {
    await page.waitForFunction(() => window.host.calls('explainAll').length === 1);
    await page.keyboard.press('Escape');
    await settled(page);
    assert.equal(await byId(page, 'stage').getAttribute('data-map'), 'done', 'the chosen map was there before');
    assert.equal(await byId(page, 'method-layer-cam').getAttribute('data-state'), 'stopped');
    await byId(page, 'method-layer-cam').click();
    await page.waitForSelector('[data-testid=stage][data-method=layer-cam][data-map=done]');
    assert.deepEqual((await explained(page)).map(short), ['grad-cam 0 answered', 'together 0 aborted', 'layer-cam 0 answered']);
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
    const newest = (await explained(page)).filter((call) => call.generation === 3);
    assert.ok(newest.length === 2 && newest.every((call) => call.class === 2));
  });
});

test('a reload brings everything back as it was', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    await choose(page, 'occlusion');
    await byId(page, 'class-1').click();
    await byId(page, 'slot-against').click();
    await byId(page, 'class-2').click();
    await byId(page, 'opacity').fill('0.7');
    await byId(page, 'about').locator('summary').click();
    await settled(page);
    await page.reload();
    await settled(page);
    const stage = byId(page, 'stage');
    assert.equal(await stage.getAttribute('data-method'), 'occlusion');
    assert.equal(await stage.getAttribute('data-class'), '1');
    assert.equal(await stage.getAttribute('data-against'), '2');
    assert.equal(await byId(page, 'method-occlusion').getAttribute('aria-selected'), 'true', 'its family is on show');
    assert.equal(await byId(page, 'method-about').isVisible(), false);
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
    assert.equal(await byId(page, 'stage').getAttribute('data-method'), 'grad-cam');
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

test('a subject that comes with a method turns the page to it, once', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    const { id, variants } = methodInfo('lrp');
    const variant = variants.at(-1)!;
    const method = `${id}:${variant.id}`;
    await page.evaluate((name) => window.host.show({ subject: { ...window.host.scene.subject, method: name } }), method);
    await page.waitForSelector('[data-testid=root][data-generation="2"]');
    await page.waitForSelector('[data-testid=stage][data-method=lrp][data-map=done]');
    assert.ok((await textOf(page, 'map-line')).startsWith(`LRP (${variant.label})`));
    await choose(page, 'grad-cam');
    await settled(page);
    // The page is made anew; the host still says the same of the same generation.
    await page.addInitScript((name) => {
      addEventListener('host', () => {
        window.host.generation = 2;
        window.host.scene = { ...window.host.scene, subject: { ...window.host.scene.subject, method: name } };
      });
    }, method);
    await page.reload();
    await settled(page);
    assert.equal(await byId(page, 'root').getAttribute('data-generation'), '2');
    assert.equal(await byId(page, 'method-grad-cam').getAttribute('aria-selected'), 'true');
  });
});

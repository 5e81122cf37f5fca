import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { audit, byId, screenshot, settled, textOf, useBrowser } from './open.ts';
import type { Scene } from './scene.ts';
import { sampleScene } from './scenes.ts';
import { type ThemeKind, themes } from './themes.ts';

const { withPage } = useBrowser();

const callsOf = (page: Page, method: string) =>
  page.evaluate((name) => window.host.calls(name).map((call) => call.params), method as never) as Promise<unknown[]>;

/** A size that the file leaves open. */
const openSize = (host: { failures: Map<string, unknown> }) => {
  host.failures.set('predict', {
    code: 'input',
    message: "The model leaves the image size open: its input 'image' is float32 [N,3,height,width].",
    hint: 'Set input.size to [height, width] in the sidecar, or to "image" for the size of each image.',
    question: { kind: 'input-size', input: 'image', shape: 'float32 [N,3,height,width]' },
  });
};

const openInputs = (host: { failures: Map<string, unknown> }) => {
  host.failures.set('predict', {
    code: 'input',
    message: "The model has 3 inputs: 'image' float32 [N,3,64,64], 'age' float32 [N,1], 'sites' int64 [N,3]. The image goes to 'image'.",
    question: {
      kind: 'inputs',
      image: 'image',
      others: [
        { name: 'age', shape: 'float32 [N,1]', whole: false },
        { name: 'sites', shape: 'int64 [N,3]', whole: true },
      ],
    },
  });
};

async function nameless(): Promise<Scene> {
  const names = (await sampleScene()).labels;
  return {
    ...(await sampleScene()),
    labels: undefined,
    truth: undefined,
    setLabels: names!,
    offers: [{ id: 'imagenet-1k', label: 'ImageNet-1k', top: 'tabby, tabby cat' }],
  };
}

const guessed = async (): Promise<Scene> => ({ ...(await sampleScene()), guessedFrom: "the name 'resnet50'" });

test('known class names are offered with what they would call the best class; one click uses them, another takes them out', async () => {
  await withPage(await nameless(), { width: 560, height: 900 }, async (page) => {
    assert.match(
      await textOf(page, 'label-offer'),
      /Nothing names the 10 outputs of shapes-cnn\. With ImageNet-1k the best class of this image would be tabby, tabby cat\. Is that what it shows\?/,
    );
    assert.equal(await textOf(page, 'top1'), 'class 0');
    await screenshot(page, 'offer');
    await audit(page);
    await byId(page, 'use-imagenet-1k').click();
    await byId(page, 'label-offer').waitFor({ state: 'detached' });
    await settled(page);
    assert.deepEqual(await callsOf(page, 'saveLabels'), [{ id: 'imagenet-1k' }]);
    assert.equal(await textOf(page, 'top1'), 'ball');
    assert.match(await textOf(page, 'names'), /Names: ImageNet-1k \(glassbox\.json\)/);
    assert.match(await textOf(page, 'fed-facts'), /Names\s?ImageNet-1k \(glassbox\.json\)/);
    await screenshot(page, 'offer-used');
    await audit(page);
    await byId(page, 'take-out-names').click();
    await byId(page, 'label-offer').waitFor();
    assert.deepEqual((await callsOf(page, 'saveLabels'))[1], { id: undefined });
  });
});

test('names that are declined are not offered for the next image, and can be had again', async () => {
  await withPage(await nameless(), {}, async (page) => {
    await byId(page, 'not-these-names').focus();
    await page.keyboard.press('Enter');
    assert.equal(await byId(page, 'label-offer').count(), 0);
    await page.evaluate(() =>
      window.host.show({ subject: { ...window.host.scene.subject, imageName: 'next.png', imagePath: 'next.png' } }),
    );
    await settled(page);
    assert.equal(await byId(page, 'label-offer').count(), 0);
    assert.deepEqual(await callsOf(page, 'saveLabels'), []);
    await byId(page, 'offer-names').click();
    assert.equal(await byId(page, 'label-offer').count(), 1);
  });
});

test('names that cannot be saved: said where they were asked for', async () => {
  await withPage(await nameless(), {}, async (page) => {
    await page.evaluate(() =>
      window.host.failures.set('saveLabels', { code: 'file-missing', message: 'glassbox.json cannot be written.' }),
    );
    await byId(page, 'use-imagenet-1k').click();
    await byId(page, 'error').waitFor();
    assert.match(await textOf(page, 'label-offer'), /cannot be written/);
    await byId(page, 'use-imagenet-1k').click();
    await byId(page, 'label-offer').waitFor({ state: 'detached' });
  });
});

for (const width of [380, 1000]) {
  test(`a guess is seen beside the top-1 and what was fed, and is one click from the others (${width} px)`, async () => {
    await withPage(await guessed(), { width, height: 900 }, async (page) => {
      assert.equal(await textOf(page, 'fed-line'), "values −1 … 1, guessed from the name 'resnet50'. Check");
      const [head, line, top, fed] = await Promise.all(
        ['prediction', 'fed-line', 'top1', 'fed'].map(async (id) => (await byId(page, id).boundingBox())!),
      );
      assert.ok([line!, top!, fed!].every((box) => box.y >= head!.y && box.y + box.height <= head!.y + head!.height + 1));
      await screenshot(page, `guess-${width}`);
      await audit(page);
      await byId(page, 'check-preprocessing').focus();
      await page.keyboard.press('Enter');
      await byId(page, 'trial-trial0').waitFor();
      assert.match(await textOf(page, 'preprocessing'), /it is guessed from the name 'resnet50'/);
      assert.equal(await byId(page, 'trial-trial1').getAttribute('aria-current'), 'true');
      assert.match(await textOf(page, 'trial-trial1'), /now.*cube.*93\.0 %.*127\.5.*−1 … 1/);
      assert.equal(await byId(page, 'preprocessing').evaluate((card) => card === document.activeElement), true);
      await screenshot(page, `guess-check-${width}`);
      await audit(page);
      await page.keyboard.press('Escape');
      assert.equal(await byId(page, 'preprocessing').count(), 0);
      assert.equal(await byId(page, 'check-preprocessing').evaluate((link) => link === document.activeElement), true);
      assert.equal(await textOf(page, 'top1'), 'ball');
      assert.deepEqual(await callsOf(page, 'savePreprocessing'), []);
      await byId(page, 'check-preprocessing').click();
      await byId(page, 'trial-trial1').click();
      await byId(page, 'preprocessing').waitFor({ state: 'detached' });
      await settled(page);
      assert.equal((await callsOf(page, 'savePreprocessing')).length, 1);
      assert.equal(await byId(page, 'fed-line').getAttribute('data-guessed'), 'false');
    });
  });
}

test('a preparation that is told can be compared with the others, too; one that cannot be tried is said', async () => {
  await withPage(await sampleScene(), {}, async (page) => {
    assert.equal(await textOf(page, 'fed-line'), 'values −1 … 1, as in glassbox.json. Compare');
    await page.evaluate(() => window.host.failures.set('preprocessings', { code: 'engine', message: 'The engine is gone.' }));
    await byId(page, 'check-preprocessing').click();
    await byId(page, 'notice').waitFor();
    assert.match(await textOf(page, 'notice'), /The engine is gone/);
    assert.equal(await byId(page, 'preprocessing').count(), 0);
    await page.evaluate(() => window.host.held.add('preprocessings'));
    await byId(page, 'check-preprocessing').click();
    await byId(page, 'trying').waitFor();
    await page.evaluate(() => window.host.held.clear());
    await byId(page, 'trial-trial0').waitFor();
    assert.match(await textOf(page, 'preprocessing'), /The image is prepared as in glassbox\.json\./);
    await byId(page, 'dismiss').click();
    assert.equal(await byId(page, 'preprocessing').count(), 0);
  });
});

test('an open image size: common sizes, each image’s own, or typed; Escape puts it away and a button brings it back', async () => {
  await withPage(await sampleScene(), { steer: openSize, width: 560, height: 900 }, async (page) => {
    await byId(page, 'size-question').waitFor();
    assert.match(await textOf(page, 'size-question'), /How large is the image\?.*‘image’ is float32 \[N,3,height,width\]/);
    assert.equal(await textOf(page, 'size-image'), 'Each image’s ownthis one: 288 × 416, in steps of 32');
    await screenshot(page, 'size-question');
    await audit(page);
    await page.keyboard.press('Escape');
    assert.equal(await byId(page, 'size-question').count(), 0);
    assert.match(await textOf(page, 'error-message'), /leaves the image size open/);
    await screenshot(page, 'size-question-away');
    await audit(page);
    await byId(page, 'ask').click();
    await byId(page, 'size-height').fill('0');
    await byId(page, 'size-width').fill('192');
    await byId(page, 'size-use').click();
    assert.deepEqual(await callsOf(page, 'saveInputSize'), []);
    await byId(page, 'size-height').fill('160');
    await page.keyboard.press('Enter');
    await byId(page, 'size-question').waitFor({ state: 'detached' });
    await settled(page);
    assert.deepEqual(await callsOf(page, 'saveInputSize'), [{ size: [160, 192] }]);
    assert.equal(await textOf(page, 'top1'), 'ball');
  });
});

test('a size that does not fit: why, and the question again', async () => {
  const steer = (host: { failures: Map<string, unknown> }) => {
    host.failures.set('predict', {
      code: 'input',
      message: "The model cannot take an image of 100 × 100 pixels (height × width): Concat 'up1' of [N,8,13,13] and [N,8,12,12].",
      question: { kind: 'input-size', input: 'image', shape: 'float32 [N,3,?,?]', tried: [100, 100] },
    });
  };
  await withPage(await sampleScene(), { steer }, async (page) => {
    await byId(page, 'size-question').waitFor();
    assert.match(await textOf(page, 'size-problem'), /cannot take an image of 100 × 100 pixels.*'up1'/);
    await screenshot(page, 'size-problem');
    await audit(page);
    await byId(page, 'size-image').click();
    await byId(page, 'size-question').waitFor({ state: 'detached' });
    assert.deepEqual(await callsOf(page, 'saveInputSize'), [{ size: 'image' }]);
  });
});

test('other inputs: a field for each, checked before it is saved', async () => {
  await withPage(await sampleScene(), { steer: openInputs, width: 560, height: 900 }, async (page) => {
    await byId(page, 'inputs-question').waitFor();
    assert.match(await textOf(page, 'inputs-question'), /What are the other inputs\?.*age\s?float32 \[N,1\].*sites\s?int64 \[N,3\]/);
    await byId(page, 'value-age').fill('0.5');
    await byId(page, 'value-sites').fill('1 2.5 3');
    await screenshot(page, 'inputs-question');
    await audit(page);
    await byId(page, 'inputs-use').click();
    assert.equal(
      await byId(page, 'value-sites').evaluate((field) => (field as HTMLInputElement).validationMessage),
      'This input takes whole numbers.',
    );
    assert.deepEqual(await callsOf(page, 'saveInputs'), []);
    await byId(page, 'value-sites').fill('1, 2, 3');
    await page.keyboard.press('Enter');
    await byId(page, 'inputs-question').waitFor({ state: 'detached' });
    await settled(page);
    assert.deepEqual(await callsOf(page, 'saveInputs'), [{ inputs: { age: 0.5, sites: [1, 2, 3] } }]);
  });
});

test('what the sidecar answers can be answered anew: size, other inputs, output', async () => {
  const answered = [
    { kind: 'input-size', input: 'image', shape: 'float32 [N,3,?,?]' },
    { kind: 'inputs', image: 'image', others: [{ name: 'age', shape: 'float32 [N,1]', whole: false, value: 0.5 }] },
  ] as const;
  const scene = { ...(await sampleScene()), answered, outputs: ['logits', 'boxes'] };
  await withPage(scene, { width: 560, height: 1200 }, async (page) => {
    assert.equal(await textOf(page, 'input-size'), 'Input size: 64 × 64 Change');
    assert.equal(await textOf(page, 'other-inputs'), 'Other inputs: age = 0.5 Change');
    await byId(page, 'output').scrollIntoViewIfNeeded();
    await screenshot(page, 'answered');
    await audit(page);
    await byId(page, 'change-inputs').click();
    assert.equal(await byId(page, 'value-age').inputValue(), '0.5');
    await byId(page, 'value-age').fill('0.75');
    await byId(page, 'inputs-use').click();
    await byId(page, 'inputs-question').waitFor({ state: 'detached' });
    await settled(page);
    assert.deepEqual(await callsOf(page, 'saveInputs'), [{ inputs: { age: 0.75 } }]);
    await byId(page, 'change-size').click();
    await byId(page, 'size-224x224').click();
    await byId(page, 'size-question').waitFor({ state: 'detached' });
    assert.deepEqual(await callsOf(page, 'saveInputSize'), [{ size: [224, 224] }]);
  });
});

for (const theme of Object.keys(themes) as ThemeKind[]) {
  test(`${theme}: every question is readable, narrow and wide`, async () => {
    for (const width of [320, 1000]) {
      await withPage({ ...(await nameless()), guessedFrom: "the name 'resnet50'" }, { theme, width, height: 1000 }, async (page) => {
        await byId(page, 'check-preprocessing').click();
        await byId(page, 'trial-trial0').waitFor();
        await screenshot(page, `questions-${theme}-${width}-preprocessing`);
        await audit(page);
      });
      for (const [name, steer, id] of [
        ['size', openSize, 'size-question'],
        ['inputs', openInputs, 'inputs-question'],
      ] as const) {
        await withPage(await sampleScene(), { theme, width, height: 1000, steer }, async (page) => {
          await byId(page, id).waitFor();
          await screenshot(page, `questions-${theme}-${width}-${name}`);
          await audit(page);
        });
      }
    }
  });
}

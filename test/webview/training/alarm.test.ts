import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alarms } from '../../../src/shared/trainingReading.ts';
import { byId, textOf } from '../open.ts';
import { checkpointsOf, framesOf } from './made.ts';
import { useTrainingPage } from './open.ts';
import { probeScene } from './scenes.ts';

const { withPage } = useTrainingPage();

/** One class only: a single alarm at the end. */
const oneClass = probeScene({ cheats: true, classes: ['star', 'moon'], probes: 6, masked: 0, checkpoints: 8 });
const honest = probeScene({ probes: 24 });

function alarmsIn(scene: typeof honest) {
  const checkpoints = checkpointsOf(scene);
  return alarms(checkpoints.map(({ id }, i) => ({ checkpoint: id, frames: framesOf(scene, i) })));
}

test('a network that looks at the border is told of in plain words, with the way to its pictures', async () => {
  const scene = probeScene({ cheats: true, probes: 24, masked: 0, checkpoints: 8 });
  const found = alarmsIn(scene);
  const checkpoints = checkpointsOf(scene);
  const last = found.get(checkpoints.at(-1)!.id)!;
  assert.ok(last.length > 1, 'the scene has several');
  await withPage(scene, { width: 300 }, async (page) => {
    await byId(page, 'alarm').waitFor();
    assert.match(
      await textOf(page, 'alarm-text'),
      new RegExp(
        `^In the maps of ${last.length} classes the hottest point lies on the border \\(an even map has 75 % of its evidence there\\)\\. The network may use something beside the object: a stamp, a frame, a corner\\.$`,
      ),
    );
    const lines = (await byId(page, 'alarm-line').allTextContents()).map((line) => line.replaceAll(/\s+/g, ' ').trim());
    const name = (id: string) => checkpoints.find((each) => each.id === id)!.name;
    assert.deepEqual(
      lines,
      last.map(
        ({ label, probes, peaks, share, since }) =>
          `${label}: ${Math.round(peaks * probes)} of ${probes} pictures, ${Math.round(100 * share)} % there, since ${name(since)}`,
      ),
    );
    // Marked wherever there is one.
    assert.equal(await page.locator('.tick-alarm').count(), [...found.values()].filter((all) => all.length > 0).length);
    await byId(page, 'alarm-show').first().click();
    const now = framesOf(scene, 7);
    const called = now.images.filter((_, row) => scene.classes[now.predicted[row]!] === last[0]!.label);
    assert.deepEqual(await byId(page, 'probe').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-image'))), called);
    await byId(page, 'alarm-explain').first().click();
    await page.waitForFunction(() => window.trainingHost.calls('openProbe').length === 1);
    const { checkpoint, image } = await page.evaluate(() => window.trainingHost.calls('openProbe')[0]!.params);
    assert.equal(checkpoint, checkpoints.at(-1)!.id);
    assert.ok(called.includes(String(image)));
  });
});

test('a single alarm is told in full; put away, it stays away for this run, also when the page is made anew', async () => {
  const found = alarmsIn(oneClass);
  const checkpoints = checkpointsOf(oneClass);
  const at = checkpoints.findIndex(({ id }) => found.get(id)!.length === 1);
  assert.ok(at > 0, 'the scene has a checkpoint with one alarm');
  const [alarm] = found.get(checkpoints[at]!.id)!;
  await withPage(oneClass, { width: 300 }, async (page) => {
    await byId(page, 'probe').first().waitFor();
    await page.evaluate((id) => window.trainingHost.show(id), checkpoints[at]!.id);
    await page.waitForFunction(
      (name) => document.querySelector('[data-testid=slider-words]')?.textContent?.includes(name),
      checkpoints[at]!.name,
    );
    const since = checkpoints.find(({ id }) => id === alarm!.since)!.name;
    assert.equal(
      await textOf(page, 'alarm-text'),
      `${alarm!.label}: in ${Math.round(alarm!.peaks * alarm!.probes)} of ${alarm!.probes} pictures the map’s hottest point lies on the border, with ${Math.round(100 * alarm!.share)} % of the evidence (an even map: 75 %), since ${since}. The network may use something beside the object: a stamp, a frame, a corner.`,
    );
    assert.match((await byId(page, 'slider').getAttribute('aria-valuetext')) ?? '', /alarm$/);
    await byId(page, 'alarm-dismiss').click();
    assert.equal(await byId(page, 'alarm').count(), 0);
    await page.reload();
    await byId(page, 'probe').first().waitFor();
    assert.equal(await byId(page, 'alarm').count(), 0);
    // Another run has its own.
    await page.evaluate(() => window.trainingHost.tell({ run: { ...window.trainingHost.state().run!, id: 'b' } }));
    await byId(page, 'alarm').waitFor();
  });
});

test('a network that looks at the object raises none', async () => {
  assert.deepEqual([...alarmsIn(honest).get(checkpointsOf(honest).at(-1)!.id)!], []);
  await withPage(honest, { width: 300 }, async (page) => {
    await byId(page, 'probe').first().waitFor();
    assert.equal(await byId(page, 'alarm').count(), 0);
  });
});

test('maps that lie off the object are an alarm of their own', async () => {
  const scene = probeScene({ cheats: true, probes: 24, masked: 24, checkpoints: 6 });
  await withPage(scene, { width: 300 }, async (page) => {
    await byId(page, 'alarm').first().waitFor();
    const kinds = await byId(page, 'alarm').evaluateAll((all) => all.map((each) => each.getAttribute('data-kind')));
    assert.deepEqual(kinds, ['border', 'object']);
    assert.match((await byId(page, 'alarm-text').nth(1).textContent()) ?? '', /lies off the object\.\s+The network may use the background/);
  });
});

test('maps too coarse to tell the border from the middle: said, so that silence is not taken for a good sign', async () => {
  const coarse = probeScene({ cheats: true, probes: 24, masked: 0, checkpoints: 8, side: 4 });
  await withPage(coarse, { width: 300 }, async (page) => {
    assert.match(
      await textOf(page, 'too-coarse'),
      /^Maps of 4 × 4 cells cannot tell the border from the middle: no alarm about it\. An earlier layer has finer ones\.$/,
    );
    assert.equal(await byId(page, 'alarm').count(), 0);
  });
  await withPage(honest, { width: 300 }, async (page) => {
    await byId(page, 'probe-key').or(byId(page, 'scale-about')).first().waitFor();
    assert.equal(await byId(page, 'too-coarse').count(), 0);
  });
});

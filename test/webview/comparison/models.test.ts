// What the page works out of two checkpoints, against loops in double precision.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areaMeans } from '../../../src/shared/areaMeans.ts';
import type { ExplanationMap } from '../../../src/shared/protocol.ts';
import { Random } from '../../../src/shared/random.ts';
import type { Checkpoint, ComparisonSubject, WholeSet } from '../../../src/shared/trainingProtocol.ts';
import { joinedScale, pairModel } from '../../../webview/comparison/pair/pairModel.ts';
import { cellOf, placeAfter, placeOf } from '../../../webview/comparison/pair/place.ts';
import { measured, onOneGrid } from '../../../webview/comparison/pair/shape.ts';
import { probesOf } from '../../../webview/comparison/probes/probes.ts';
import { pairAt } from '../../../webview/comparison/selectors.ts';
import { pointsText, shareText } from '../../../webview/comparison/views/summaryText.ts';
import { mapSize, mapsModel } from '../../../webview/comparison/whole/mapsModel.ts';
import { type SetModel, setModel } from '../../../webview/comparison/whole/setModel.ts';
import { framesOf, probesOf as probesMade, wholeOf } from '../training/made.ts';
import { trainingScene } from '../training/scenes.ts';

function mapOf(height: number, width: number, seed: number, patch: Partial<ExplanationMap> = {}): ExplanationMap {
  const random = Random.seeded(seed);
  const values = Float32Array.from({ length: height * width }, () => random.uniform() - 0.4);
  return {
    ...{ method: 'grad-cam', variant: '', layer: 'conv', class: { index: 1, label: 'star' }, against: undefined, target: 'logit of star' },
    ...{ height, width, values, min: Math.min(...values), max: Math.max(...values), relu: true, signed: true, unit: 'logit' },
    ...{ flat: undefined, checks: [], params: {}, engine: '', ms: 0, ...patch },
  };
}

const near = (a: number, b: number, within = 1e-6) => assert(Math.abs(a - b) <= within, `${a} is not ${b}`);

test('a finer map is reduced to means over what each cell covers', () => {
  for (const [height, width, rows, columns] of [
    [6, 9, 4, 6],
    [64, 64, 32, 32],
    [7, 5, 3, 2],
    [48, 40, 32, 32],
  ] as const) {
    const { values } = mapOf(height, width, height);
    const reduced = areaMeans(values, [height, width], [rows, columns]);
    // Each cell split so that no part lies across an edge.
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        for (let y = 0; y < height; y++)
          for (let x = 0; x < width; x++)
            sum +=
              (values[Math.floor((i * height + y) / rows) * width + Math.floor((j * width + x) / columns)] as number) / (height * width);
        near(reduced[i * columns + j] as number, sum);
      }
  }
});

test('the difference is the second minus the first as they are drawn, on a scale around 0; both maps share theirs', () => {
  for (const relu of [true, false]) {
    const [from, to] = [mapOf(8, 8, 1, { relu }), mapOf(8, 8, 2, { relu })];
    const { difference, differenceScale, scale, maps } = pairModel({ from, to }, 'values');
    const drawn = (v: number) => (relu ? Math.max(0, v) : v);
    let [reach, low, high] = [0, 0, 0];
    from.values.forEach((value, i) => {
      const [a, b] = [drawn(value), drawn(to.values[i] as number)];
      near(difference?.values[i] as number, b - a);
      reach = Math.max(reach, Math.abs(b - a));
      [low, high] = [Math.min(low, a, b), Math.max(high, a, b)];
    });
    near(differenceScale?.high as number, reach);
    near(differenceScale?.low as number, -reach);
    assert.equal(differenceScale?.kind, 'diverging');
    near(scale?.high as number, relu ? high : Math.max(-low, high));
    near(scale?.low as number, relu ? 0 : -Math.max(-low, high));
    assert.deepEqual([maps.from?.height, maps.to?.height], [8, 8]);
  }
});

test('shares of the evidence add up to 100, and a map that is twice as strong is no difference', () => {
  const from = mapOf(8, 8, 3);
  const to = { ...from, values: from.values.map((v) => 2 * v), max: 2 * from.max, min: 2 * from.min };
  near(
    measured(from, 'shares').values.reduce((a, b) => a + b, 0),
    100,
    1e-3,
  );
  const { difference, correlation } = pairModel({ from, to }, 'shares');
  for (const value of difference?.values ?? []) near(value, 0, 1e-5);
  near(correlation, 1, 1e-9);
  assert(Math.max(...(pairModel({ from, to }, 'values').difference?.values ?? [])) > 0.5, 'in values it is one');
  // Nothing positive has no shares.
  const nothing = mapOf(4, 4, 1, { values: new Float32Array(16).fill(-1) });
  assert.deepEqual([...measured(nothing, 'shares').values], Array(16).fill(0));
});

test('a kept map and a whole one meet on the cells of the kept one, averaged before what is below 0 is dropped', () => {
  const whole = mapOf(64, 64, 5);
  const kept = mapOf(32, 32, 6);
  const [a, b] = onOneGrid(whole, kept);
  assert.equal(b, kept);
  let mean = 0;
  for (const at of [0, 1, 64, 65]) mean += (whole.values[at] as number) / 4;
  near(a.values[0] as number, mean);
  const { difference } = pairModel({ from: kept, to: whole }, 'values');
  near(difference?.values[0] as number, Math.max(0, mean) - Math.max(0, kept.values[0] as number));
  // Neither is the finer one: said, not guessed.
  assert.match(pairModel({ from: mapOf(8, 16, 1), to: mapOf(16, 8, 2) }, 'values').error?.message ?? '', /8 × 16|16 × 8/);
});

test('one scale for many rows is as wide as the widest; flat ones do not count', () => {
  const scale = (low: number, high: number, flat = false) => ({ kind: 'sequential' as const, low, high, flat });
  assert.deepEqual(joinedScale([scale(0, 1), undefined, scale(0, 3), scale(7, 7, true)]), scale(0, 3));
  assert.deepEqual(joinedScale([scale(0, 0, true)]), scale(0, 0, true));
  assert.equal(joinedScale([]), undefined);
});

test('probes: what became wrong first, then what became right, then what moved most', () => {
  const scene = trainingScene({ probes: 40 });
  const [from, to] = [framesOf(scene, 2), framesOf(scene, 7)];
  const { rows, judged, right, becameRight, becameWrong } = probesOf(probesMade(scene), { from, to });
  const isRight = (frames: typeof from, row: number) => frames.truth[row] === frames.predicted[row];
  let [wrong, better, before, now] = [0, 0, 0, 0];
  for (let row = 0; row < 40; row++) {
    const [a, b] = [isRight(from, row), isRight(to, row)];
    wrong += Number(a && !b);
    better += Number(!a && b);
    before += Number(a);
    now += Number(b);
  }
  assert.deepEqual([becameWrong, becameRight, judged, right], [wrong, better, 40, { from: before, to: now }]);
  assert(wrong > 0 && better > 0, 'the scene has both');
  const order = rows.map(({ change }) => ['wrong', 'right', 'none'].indexOf(change));
  assert.deepEqual(order, [...order].sort());
  const others = rows.filter(({ change }) => change === 'none').map(({ correlation }) => correlation);
  assert.deepEqual(
    others,
    [...others].sort((a, b) => a - b),
  );
});

test('the confusion that changed: what leaves one cell of a row goes to another', () => {
  const scene = trainingScene();
  const [from, to] = [wholeOf(scene, 0), wholeOf(scene, 5)];
  const model = setModel(from, to) as SetModel;
  const counts = (of: WholeSet, label: number, predicted: number) =>
    of.labels.reduce((sum, each, row) => sum + Number(each === label && of.predicted[row] === predicted), 0);
  let changed = 0;
  for (let label = 0; label < 6; label++) {
    for (let predicted = 0; predicted < 6; predicted++) {
      const pair = model.pairs.find((each) => each.label === label && each.predicted === predicted);
      const [a, b] = [counts(from, label, predicted), counts(to, label, predicted)];
      assert.deepEqual(pair && [pair.from, pair.to], a === b ? undefined : [a, b]);
      changed += Number(a !== b);
    }
    const row = model.pairs.filter((each) => each.label === label);
    assert.equal(
      row.reduce((sum, each) => sum + each.to - each.from, 0),
      0,
    );
  }
  assert(changed > 5);
  assert.equal(setModel(from, { ...to, images: to.images.slice(1) }), undefined, 'other pictures cannot be subtracted');
});

test('both layouts are on one scale, and everything fits', () => {
  const scene = trainingScene();
  const model = setModel(wholeOf(scene, 0), wholeOf(scene, 9));
  const maps = model && mapsModel(model);
  assert(maps);
  const { transform } = maps;
  for (const { positions } of [maps.from, maps.to])
    for (let i = 0; i < positions.length; i += 2) {
      const [x, y] = [
        (positions[i] as number) * transform.scale + transform.left,
        transform.top - (positions[i + 1] as number) * transform.scale,
      ];
      assert(x >= 0 && x <= mapSize.width && y >= 0 && y <= mapSize.height);
    }
});

test('keys go over cells and stay inside; Home goes to the largest difference', () => {
  const size = { width: 8, height: 4 };
  assert.deepEqual(cellOf(size, placeOf(size, 2, 5)), { row: 2, column: 5 });
  const to = (key: string, row: number, column: number) => cellOf(size, placeAfter(key, placeOf(size, row, column), size, 13)!);
  assert.deepEqual(to('ArrowRight', 1, 7), { row: 1, column: 7 });
  assert.deepEqual(to('ArrowUp', 1, 7), { row: 0, column: 7 });
  assert.deepEqual(to('Home', 3, 3), { row: 1, column: 5 });
  assert.equal(placeAfter('a', undefined, size, 0), undefined);
});

test('pairs step along the run at the same distance and end where it ends', () => {
  const others = Array.from({ length: 5 }, (_, i) => ({ id: `${i}` }) as Checkpoint);
  const subject = (from: number, to: number) => ({ others, from: others[from], to: others[to] }) as unknown as ComparisonSubject;
  const ids = (from: number, to: number, steps: number) => {
    const pair = pairAt(subject(from, to), steps);
    return pair && [pair.from.id, pair.to.id];
  };
  assert.deepEqual(ids(0, 2, 1), ['1', '3']);
  assert.deepEqual(ids(3, 2, -1), ['2', '1']);
  assert.equal(ids(2, 4, 1), undefined);
  assert.equal(ids(0, 2, -1), undefined);
});

test('all of something is 100 %, and no change has no sign', () => {
  assert.equal(shareText(1), '100.0 %');
  assert.equal(shareText(Number.NaN), '–');
  assert.deepEqual([0.4352, -0.042, 0.0001, Number.NaN].map(pointsText), ['+43.5', '−4.2', '0.0', '–']);
});

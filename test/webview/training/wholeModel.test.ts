import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../../src/shared/random.ts';
import type { Checkpoint, WholeSet } from '../../../src/shared/trainingProtocol.ts';
import { classChanges } from '../../../webview/confusion/classChanges.ts';
import { setFlips } from '../../../webview/confusion/setFlips.ts';
import { pointPath, pointShapes } from '../../../webview/draw/pointShapes.ts';
import { rowOf, withWholes } from '../../../webview/training/whole/columns.ts';
import { driftBetween, driftKey, driftWords } from '../../../webview/training/whole/driftOf.ts';
import { forgottenIn, memoryAfter } from '../../../webview/training/whole/forgetting.ts';
import { boundsOver, wayOf, wayOfClass } from '../../../webview/training/whole/ways.ts';
import { driftOf, wholeOf } from './made.ts';
import { trainingScene } from './scenes.ts';

const scene = trainingScene({ images: 90 });

/** A run with unlabelled and unreadable images, and labels that the model has no class for. */
function odd(checkpoint: number): WholeSet {
  const whole = wholeOf(scene, checkpoint);
  whole.labels.forEach((_, row) => {
    if (row % 11 === 0) whole.labels[row] = -1;
    if (row % 13 === 0) whole.predicted[row] = -1;
    if (row % 17 === 0) whole.labels[row] = 6;
  });
  return { ...whole, classes: [...whole.classes, 'foreign'] };
}

const run = Array.from({ length: 10 }, (_, i) => odd(i));

/** Undefined: neither right nor wrong. Written anew, without the page's own. */
function right({ labels, predicted, modelClasses }: WholeSet, row: number): boolean | undefined {
  if (labels[row]! < 0 || predicted[row]! < 0 || labels[row]! >= modelClasses) return undefined;
  return labels[row] === predicted[row];
}

test('lists that are the same are held once; what was said of another set goes', () => {
  const news = [0, 1, 2].map((i) => ({ checkpoint: `c${i}`, whole: wholeOf(scene, i) }));
  const all = withWholes(new Map(), news);
  const [a, b, c] = [...all.values()] as [WholeSet, WholeSet, WholeSet];
  assert.equal(b.images, a.images);
  assert.equal(c.labels, a.labels);
  assert.equal(c.classes, a.classes);
  assert.deepEqual(c, news[2]!.whole);
  assert.notEqual(b.predicted, a.predicted);

  const again = withWholes(all, [{ checkpoint: 'c1', whole: { ...wholeOf(scene, 1), loss: 7 } }]);
  assert.deepEqual([...again.keys()], ['c0', 'c1', 'c2']);
  assert.equal(again.get('c1')?.loss, 7);
  assert.equal(all.get('c1')?.loss, news[1]!.whole.loss);

  const other = withWholes(all, [{ checkpoint: 'c1', whole: wholeOf({ ...scene, images: 91 }, 1) }]);
  assert.deepEqual([...other.keys()], ['c1']);
  assert.equal(rowOf(a, a.images[40]!), 40);
  assert.equal(rowOf(a, 'elsewhere.png'), undefined);
});

test('flips of the set: every picture that turned, the surest first', () => {
  for (let i = 1; i < run.length; i++) {
    const [before, now] = [run[i - 1]!, run[i]!];
    const { becameWrong, becameRight, stillWrong, judged } = setFlips(before, now);
    const rows = Array.from(now.labels.keys());
    const turned = (from: boolean, to: boolean) => rows.filter((row) => right(before, row) === from && right(now, row) === to);
    assert.deepEqual(
      [...becameWrong].sort((a, b) => a - b),
      turned(true, false),
    );
    assert.deepEqual(
      [...becameRight].sort((a, b) => a - b),
      turned(false, true),
    );
    assert.equal(stillWrong, turned(false, false).filter((row) => before.predicted[row] !== now.predicted[row]).length);
    assert.equal(judged, rows.filter((row) => right(before, row) !== undefined && right(now, row) !== undefined).length);
    for (const [list, of] of [
      [becameWrong, before],
      [becameRight, now],
    ] as const)
      for (let k = 1; k < list.length; k++) assert.ok(of.confidence[list[k - 1]!]! >= of.confidence[list[k]!]!);
  }
});

test('forgetting events as Toneva et al. count them, whatever is looked at first, and anew where a checkpoint is filled in', () => {
  const expected = (wholes: readonly WholeSet[], row: number) => {
    const known = wholes.map((whole) => right(whole, row));
    let events = 0;
    for (let t = 1; t < known.length; t++) if (known[t - 1] === true && known[t] === false) events++;
    return { events, last: known.lastIndexOf(true), now: known.at(-1) };
  };
  const check = (wholes: readonly WholeSet[]) => {
    const memory = memoryAfter(wholes)!;
    for (let row = 0; row < 90; row++) {
      const { events, last, now } = expected(wholes, row);
      assert.equal(memory.events[row], events);
      assert.equal(memory.lastRight[row], last);
      assert.equal(memory.now[row], now === undefined ? -1 : Number(now));
    }
    const { rows, never, kept } = forgottenIn(memory);
    const all = Array.from({ length: 90 }, (_, row) => ({ row, ...expected(wholes, row) }));
    assert.deepEqual(
      rows,
      all
        .filter(({ now, last }) => now === false && last >= 0)
        .sort((a, b) => b.events - a.events || a.last - b.last || a.row - b.row)
        .map(({ row }) => row),
    );
    assert.equal(never, all.filter(({ now, last }) => now === false && last < 0).length);
    assert.equal(kept, all.filter(({ now, events }) => now === true && events === 0).length);
  };
  check(run);
  check(run.slice(0, 4));
  check(run.filter((_, i) => i !== 3));
  check(run);
  assert.equal(memoryAfter([]), undefined);
  assert.equal(memoryAfter(run), memoryAfter(run), 'worked out once');
});

test('classes by how much they fell', () => {
  const [before, now] = [run[4]!, run[5]!];
  const recall = (whole: WholeSet, of: number) => {
    const rows = Array.from(whole.labels.keys()).filter((row) => whole.labels[row] === of && whole.predicted[row]! >= 0);
    return { images: rows.length, accuracy: rows.filter((row) => whole.predicted[row] === of).length / rows.length };
  };
  const changes = classChanges(before, now);
  assert.equal(changes.length, 6, 'the foreign label is no class');
  for (const { of, images, accuracy, change } of changes) {
    assert.deepEqual({ images, accuracy }, recall(now, of));
    assert.equal(change, accuracy - recall(before, of).accuracy);
  }
  for (let i = 1; i < changes.length; i++) assert.ok(changes[i - 1]!.change <= changes[i]!.change);
  const first = classChanges(undefined, now);
  assert.ok(first.every(({ change }) => Number.isNaN(change)));
  for (let i = 1; i < first.length; i++) assert.ok(first[i - 1]!.accuracy <= first[i]!.accuracy);
});

test('drift between neighbours, whichever of them was evaluated first, or as it was asked for', () => {
  const [a, b, c] = [0, 1, 2].map((i) => wholeOf(scene, i)) as [WholeSet, WholeSet, WholeSet];
  const none = new Map();
  assert.equal(driftBetween(a, b, none), b.drift);
  const backwards = driftOf(scene, 1, 0);
  assert.equal(driftBetween({ ...a, drift: backwards }, { ...b, drift: undefined }, none), backwards);
  assert.equal(driftBetween(a, c, none), undefined);
  assert.equal(driftBetween(undefined, a, none), undefined);
  const asked = driftOf(scene, 0, 2);
  assert.equal(driftBetween(a, c, new Map([[driftKey(a, c), asked]])), asked);
});

test('drift in words', () => {
  const of = (values: Record<string, number>) => driftWords({ cka: Object.entries(values).map(([layer, value]) => ({ layer, value })) });
  assert.equal(
    of({ a: 0.995, b: 0.999, c: 0.992, d: 0.97, e: 0.6 }),
    'a to c have all but stopped changing; e still moves most (CKA 0.60).',
  );
  assert.equal(of({ a: 0.995, b: 0.9, c: 0.999, d: 0.97 }), 'a and c have all but stopped changing; b still moves most (CKA 0.90).');
  assert.equal(of({ a: 0.7, b: 0.3 }), 'b moves most (CKA 0.30).');
  assert.equal(of({ a: 0.97, b: 0.98 }), 'a moves most, and little (CKA 0.97).');
  assert.equal(of({ a: 0.999, b: 1 }), 'all layers have all but stopped changing.');
  assert.equal(of({ a: Number.NaN }), 'no layer could be compared.');
});

test('one scale over the run, and the ways of a picture and of a class', () => {
  const all = run.map((whole, i) => ({ whole, checkpoint: { id: String(i) } as Checkpoint }));
  run[3]!.positions!.set([Number.NaN, Number.NaN], 2 * 5);
  const bounds = boundsOver(all)!;
  const xs = run.flatMap(({ positions }) => Array.from(positions!).filter((value, i) => i % 2 === 0 && !Number.isNaN(value)));
  assert.ok(Math.abs(bounds.x - bounds.halfWidth - Math.min(...xs)) < 1e-5);
  assert.ok(Math.abs(bounds.x + bounds.halfWidth - Math.max(...xs)) < 1e-5);
  const way = wayOf(all, 5);
  assert.equal(way.length, 20);
  assert.deepEqual([way[2 * 4], way[2 * 4 + 1]], [run[4]!.positions![10], run[4]!.positions![11]]);
  assert.ok(Number.isNaN(way[6]));
  const middle = wayOfClass(all, 2);
  const own = Array.from(run[7]!.labels.keys()).filter((row) => run[7]!.labels[row] === 2);
  const mean = own.reduce((sum, row) => sum + run[7]!.positions![2 * row]!, 0) / own.length;
  assert.ok(Math.abs(middle[14]! - mean) < 1e-4);
  assert.equal(boundsOver(all.map(({ whole, checkpoint }) => ({ checkpoint, whole: { ...whole, positions: undefined } }))), undefined);
});

test('shapes of points have about the same area, and are closed', () => {
  const random = Random.seeded(4);
  for (let shape = 1; shape < pointShapes; shape++) {
    const [x, y] = [10 * random.uniform(), 10 * random.uniform()];
    const path = pointPath(shape, 2, x, y);
    const points = path
      .slice(1, -1)
      .split('L')
      .map((each) => each.split(' ').map(Number) as [number, number]);
    const area =
      Math.abs(
        points.reduce((sum, [px, py], i) => {
          const [qx, qy] = points[(i + 1) % points.length]!;
          return sum + px * qy - qx * py;
        }, 0),
      ) / 2;
    assert.ok(Math.abs(area / (Math.PI * 4) - 1) < 0.3, `${shape}: ${area / (Math.PI * 4)}`);
    const mean = points.reduce((sum, [px]) => sum + px, 0) / points.length;
    assert.ok(Math.abs(mean - x) < 0.05);
  }
  assert.equal(pointPath(pointShapes, 1), pointPath(0, 1));
});

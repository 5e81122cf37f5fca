import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import { shareText } from '../../../webview/confusion/text.ts';
import { restoreMistakes } from '../../../webview/space/mistakes/choices.ts';
import { restoreSelection } from '../../../webview/space/selection/choices.ts';
import { cornerOf, gap, listLayout, placesInView } from '../../../webview/space/selection/listLayout.ts';
import { classesText, sentenceOf } from '../../../webview/space/selection/rowText.ts';
import { inOrder, nameOf } from '../../../webview/space/selection/selectors.ts';

test('tiles fill the room and lie side by side; every one in view is among those that are there', () => {
  for (const [width, count] of [
    [80, 5],
    [292, 1],
    [320, 1000],
    [401, 0],
    [1000, 12_345],
  ] as const) {
    const layout = listLayout(width, count)!;
    assert.ok(layout.columns * layout.tile.width - gap <= Math.max(width, layout.tile.width));
    assert.ok(layout.columns * (layout.tile.width + 1) > width - layout.columns, 'no room is wasted');
    for (const top of [0, 33, 5000, layout.height]) {
      const [first, end] = placesInView(layout, count, top, 700);
      for (let place = 0; place < count; place += 7) {
        const { x, y } = cornerOf(layout, place);
        assert.ok(x >= 0 && (layout.columns === 1 || x + layout.tile.width - gap <= width));
        if (y + layout.tile.height > top && y < top + 700) assert.ok(place >= first && place < end, `${place} at ${top}`);
      }
      assert.ok(end - first <= (Math.ceil(700 / layout.tile.height) + 5) * layout.columns);
    }
    if (count > 0) assert.ok(cornerOf(layout, count - 1).y + layout.tile.height === layout.height);
  }
  assert.equal(listLayout(0, 10), undefined);
});

test('kept choices of another version are left out', () => {
  assert.deepEqual(restoreSelection({ order: 'size', sheet: 3 }), {
    order: 'given',
    sheet: { target: 'predicted', scale: 'own', opacity: 0.55 },
  });
  const kept = {
    order: 'name' as const,
    sheet: { method: 'grad-cam', target: 'label' as const, scale: 'shared' as const, opacity: 0, colorMap: 'magma' },
  };
  assert.deepEqual(restoreSelection({ ...kept }), kept);
  assert.equal(restoreSelection({ sheet: { opacity: 7 } }).sheet.opacity, 0.55);
  assert.deepEqual(restoreMistakes({ cells: 1, order: 'size', all: 'yes', list: [] }), { cells: 'counts', all: false, list: 'confident' });
  const mistakes = { cells: 'shares' as const, order: 'confused' as const, all: true, list: 'pairs' as const };
  assert.deepEqual(restoreMistakes({ ...mistakes }), mistakes);
});

test('by name: numbers by their size, whatever the case', () => {
  const paths = ['/a/b10.png', '/z/B9.png', '/a/b9b.png', '/c/a2.png', '/c/b9.png'];
  const rows = { paths, confidence: new Float32Array(5) } as unknown as SpaceRows;
  assert.deepEqual(inOrder(rows, [0, 1, 2, 3, 4], 'name'), [3, 1, 4, 2, 0]);
});

test('shares are exact at their ends', () => {
  assert.deepEqual([0, 1, 0.2, 0.917, 1 / 3, 0.0001, 0.9999].map(shareText), [
    '0 %',
    '100 %',
    '20 %',
    '91.7 %',
    '33.3 %',
    '< 0.1 %',
    '> 99.9 %',
  ]);
});

test('what is said of an image', () => {
  const facts = {
    path: 'C:\\set\\a.png',
    name: nameOf('C:\\set\\a.png'),
    label: 'square',
    predicted: 'star',
    confidence: '87.3 %',
    correct: false,
  };
  assert.equal(sentenceOf(facts), 'a.png, labelled square, seen as star, 87.3 %, wrong');
  assert.equal(classesText(facts), 'square → star');
  assert.equal(classesText({ ...facts, correct: true, predicted: 'square' }), 'square');
  // A label that the model has no class for is neither right nor wrong, but not the same either.
  assert.equal(classesText({ ...facts, correct: undefined }), 'square → star');
  assert.equal(classesText({ label: undefined, predicted: 'star', correct: undefined }), 'star');
  assert.equal(
    sentenceOf({ ...facts, label: undefined, predicted: undefined, confidence: undefined, correct: undefined }),
    'a.png, no label',
  );
});

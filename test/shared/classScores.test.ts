/** Whether numbers are scores of classes, and how they are said where they are not: on the page and on the command line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readable } from '../../src/cli/result.ts';
import { rank } from '../../src/engine/predict.ts';
import { targetPhrase } from '../../src/explain/target.ts';
import { className, scoresClasses } from '../../src/shared/classScores.ts';
import type { ModelInfo, RankedClass } from '../../src/shared/protocol.ts';
import { score } from '../../webview/draw/format.ts';

type About = Parameters<typeof targetPhrase>[1];

const model: About = { activation: 'none', labels: undefined, classes: 3, dense: undefined, outputs: [], output: 'out' };

/** What the file and the labels say, and whether that makes classes. */
const kinds: readonly [activation: ModelInfo['activation'], labels: readonly string[] | undefined, classes: number, are: boolean][] = [
  ['softmax', undefined, 3, true],
  ['sigmoid', undefined, 3, true],
  ['sigmoid', undefined, 1, true],
  ['none', ['a', 'b', 'c'], 3, true],
  ['none', undefined, 3, false],
  ['none', undefined, 9, false],
  ['none', undefined, 10, true],
  ['none', undefined, 1, false],
  ['none', ['age'], 1, false],
];

for (const [activation, labels, classes, are] of kinds) {
  test(`${activation}, ${labels ? 'names' : 'no names'}, ${classes}: ${are ? 'classes' : 'outputs'}`, () => {
    const info = { ...model, activation, labels, classes };
    assert.equal(scoresClasses(info), are);
    const ranked = rank(
      Float32Array.from({ length: classes }, (_, i) => i),
      info,
    );
    assert.ok(ranked.every(({ probability }) => (probability !== undefined) === are));
    assert.equal(className(info, 0), labels?.[0] ?? (are ? 'class 0' : 'output 0'));
    assert.equal(
      targetPhrase({ class: 0, against: undefined }, info, 'logit'),
      `${are ? 'logit of' : 'output'} ${labels?.[0] ?? (are ? 'class 0' : '0')}`,
    );
  });
}

test('the target in words: a difference, a region, one cell, one of several outputs', () => {
  const roads = { ...model, activation: 'softmax', labels: ['road', 'sky', 'tree'], dense: { height: 48, width: 64 } } as const;
  const region = { x: 3, y: 4, width: 12, height: 9 };
  const phrase = (target: Partial<Parameters<typeof targetPhrase>[0]>, about: About, of: 'logit' | 'probability' = 'logit') =>
    targetPhrase({ class: 0, against: undefined, ...target }, about, of);
  assert.equal(phrase({}, roads), 'mean logit of road over all 64 × 48 cells');
  assert.equal(phrase({ region }, roads), 'mean logit of road over 12 × 9 cells, x 3 to 14, y 4 to 12');
  assert.equal(phrase({ region: { ...region, height: 1 } }, roads), 'mean logit of road over 12 × 1 cells, x 3 to 14, y 4');
  assert.equal(phrase({ region: { ...region, width: 1, height: 1 } }, roads), 'logit of road at cell (3, 4)');
  assert.equal(phrase({ region, against: 1 }, roads), 'mean logit of road − mean logit of sky over 12 × 9 cells, x 3 to 14, y 4 to 12');
  assert.equal(
    phrase({ region }, roads, 'probability'),
    'probability of road from the mean logits over 12 × 9 cells, x 3 to 14, y 4 to 12',
  );
  assert.equal(phrase({ against: 2 }, model), 'output 0 − output 2');
  assert.equal(phrase({}, { ...model, dense: roads.dense }), 'mean output 0 over all 64 × 48 cells');
  assert.equal(phrase({}, { ...roads, dense: undefined, outputs: ['kind', 'age'], output: 'kind' }), "logit of road (output 'kind')");
});

test('without a probability the number itself is shown', () => {
  const row: RankedClass = { index: 2, label: 'output 2', logit: 41.52789, probability: undefined };
  assert.equal(score(row), '41.53');
  assert.equal(score({ ...row, probability: 0.25 }), '25.0 %');
  const text = (top: RankedClass) => readable({ image: 'a.png', model: 'm.onnx', engine: 'e', top: [top], maps: [] });
  assert.match(text(row), /^ +41\.5279 {2}output 2 \(2\)$/m);
  assert.doesNotMatch(text(row), /%|NaN|undefined/);
  assert.match(text({ ...row, label: 'cat', probability: 0.25 }), /^ +25\.0 % {2}cat \(2\), logit 41\.528$/m);
});

/** Colours of classes: seen on every paper, told apart by everyone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classColour, distinct, noColour, type Rgb, rampColour } from '../../../webview/draw/classColours.ts';

type Triple = readonly [number, number, number];

const linear = (rgb: Rgb): Triple =>
  rgb.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4)) as unknown as Triple;
const times = (matrix: readonly Triple[], v: Triple) =>
  matrix.map((row) => row[0] * v[0] + row[1] * v[1] + row[2] * v[2]) as unknown as Triple;
const luminance = (rgb: Rgb) => times([[0.2126, 0.7152, 0.0722]], linear(rgb))[0];

function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Ottosson's OKLab. */
function lab(v: Triple): Triple {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    v.map((x) => Math.max(0, x)) as unknown as Triple,
  ).map(Math.cbrt) as unknown as Triple;
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  );
}

/** Machado, Oliveira, Fernandes 2009, severity 1, linear RGB. */
const sights: Readonly<Record<string, readonly Triple[]>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanope: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranope: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

/** Papers of VS Code's default themes, of now and of before. */
const papers: readonly { dark: boolean; paper: Rgb }[] = [
  { dark: true, paper: [18, 19, 20] },
  { dark: true, paper: [31, 31, 31] },
  { dark: true, paper: [0, 0, 0] },
  { dark: false, paper: [255, 255, 255] },
];

for (const { dark, paper } of papers) {
  test(`on ${dark ? 'dark' : 'light'} paper (${paper}) every colour of a class stands out, and grey`, () => {
    for (let at = 0; at < distinct; at++) {
      const ratio = contrast(classColour(at, { dark }), paper);
      assert.ok(ratio >= 3, `colour ${at}: ${ratio.toFixed(2)}`);
    }
    assert.ok(contrast(noColour({ dark }), paper) >= 3);
  });
}

for (const dark of [true, false])
  for (const [sight, matrix] of Object.entries(sights)) {
    test(`${dark ? 'dark' : 'light'}, ${sight}: the first ten classes are told apart`, () => {
      const seen = Array.from({ length: 10 }, (_, at) => lab(times(matrix, linear(classColour(at, { dark })))));
      const distance = (a: Triple, b: Triple) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
      let least = Number.POSITIVE_INFINITY;
      for (let a = 0; a < seen.length; a++) for (let b = 0; b < a; b++) least = Math.min(least, distance(seen[a]!, seen[b]!));
      // 0.02 is about what is just noticed side by side.
      assert.ok(least > 0.08, `${least.toFixed(3)}`);
    });
  }

test('confidence goes evenly from dark to light', () => {
  for (const dark of [true, false]) {
    const light = Array.from({ length: 21 }, (_, i) => lab(linear(rampColour(i / 20, { dark })))[0]);
    for (let i = 1; i < light.length; i++) assert.ok(light[i]! >= light[i - 1]!, `${i}`);
  }
});

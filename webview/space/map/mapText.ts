import { isCorrect, type Layout, type SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import { duration, number, percent, secondsLeft } from '../../draw/format.ts';
import { nameOf } from '../selection/selectors.ts';
import type { Colouring } from './choices.ts';
import type { Running } from './state.ts';

export const colouringNames: Readonly<Record<Colouring, string>> = {
  predicted: 'Predicted class',
  label: 'True class',
  correct: 'Right or wrong',
  confidence: 'Confidence',
  folder: 'Folder',
};

export function count(n: number): string {
  return n.toLocaleString('en');
}

export function pictures(n: number): string {
  return `${count(n)} ${n === 1 ? 'picture' : 'pictures'}`;
}

/** `iteration 340 of 1,000 · KL 1.92 · about 8 s left` */
export function progressText({ frame, stopping }: Running): string {
  if (stopping) return 'stopping';
  if (!frame) return 'starting';
  const { phase, iteration, iterations, kl, secondsLeft: left } = frame;
  return [
    phase,
    iteration > 0 && iterations > 0 ? `iteration ${count(iteration)} of ${count(iterations)}` : '',
    kl === undefined ? '' : `KL ${kl.toFixed(2)}`,
    left === undefined ? '' : secondsLeft(left),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

export interface Remark {
  id: string;
  text: string;
  /** What it means, in plain words. */
  about: string;
}

/** How good the map is and how it came to be, a part each. */
export function qualityOf({ kl, klFrom, quality, variance, ms, threads, stopped, iterations }: Layout): Remark[] {
  const over = `over ${pictures(quality.sampled)}`;
  const { preservation, trustworthiness } = quality;
  return [
    ...(stopped
      ? [
          {
            id: 'stopped',
            text: `stopped at iteration ${count(iterations)}`,
            about: 'It did not run to its end: groups may not have parted yet.',
          },
        ]
      : []),
    ...(variance
      ? [
          {
            id: 'variance',
            text: `axes: ${unbroken(percent(variance[0]))} and ${unbroken(percent(variance[1]))} of the variance`,
            about: 'How much of all the differences between pictures is seen on each axis; what is left is not on this map.',
          },
        ]
      : []),
    ...(kl === undefined
      ? []
      : [
          {
            id: 'kl',
            text: `KL ${kl.toFixed(2)}`,
            about: `What t-SNE makes small: how far neighbourhoods on the map differ from those of the features (${klFrom ?? 'nats'}). Compare it only between maps of the same pictures and perplexity.`,
          },
        ]),
    {
      id: 'preservation',
      text: `10 nearest neighbours kept ${wholePercent(preservation)}`,
      about: `Of the 10 pictures nearest to one in the feature space, so many are among the 10 nearest on the map, on average (${over}). Two dimensions cannot keep all: 30 to 60 % is usual.`,
    },
    {
      id: 'trustworthiness',
      text: `trustworthiness ${Number.isFinite(trustworthiness) ? trustworthiness.toFixed(3) : 'not known'}`,
      about: `Whether what is near on the map is near in the feature space, too: 1 is best, below 0.9 do not trust what lies side by side (${over}).`,
    },
    { id: 'time', text: `${duration(ms)} on ${threads} ${threads === 1 ? 'thread' : 'threads'}`, about: 'How long the layout took.' },
  ];
}

/** No line ends within a number and its unit. */
function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}

/** 0.463 → `46 %` */
function wholePercent(share: number): string {
  return Number.isFinite(share) ? `${Math.round(100 * share)}\u00a0%` : 'not known';
}

/** An image of the map in words: a line each. */
export function pointLines(
  rows: SpaceRows,
  row: number,
): { name: string; label: string; said: string; mark: 'right' | 'wrong' | undefined } {
  const label = rows.classes[rows.labels[row] as number];
  const predicted = rows.classes[rows.predicted[row] as number];
  const confidence = rows.confidence[row] as number;
  const correct = isCorrect(rows, row);
  return {
    name: nameOf(rows.paths[row] ?? ''),
    label: label === undefined ? 'no label' : `label ${label}`,
    said: predicted === undefined ? '' : `network: ${predicted}${Number.isNaN(confidence) ? '' : ` ${unbroken(percent(confidence))}`}`,
    mark: correct === undefined ? undefined : correct ? 'right' : 'wrong',
  };
}

/** What a screen reader hears of the image in focus. */
export function spokenPoint(rows: SpaceRows, row: number): string {
  const { name, label, said, mark } = pointLines(rows, row);
  return [name, label, said, mark ?? ''].filter((part) => part !== '').join(', ');
}

/** Ends of a colour scale. */
export function scaleText(value: number): string {
  return value >= 1 ? '100\u00a0%' : value < 0.0995 ? `${number(100 * value)}\u00a0%` : `${Math.round(100 * value)}\u00a0%`;
}

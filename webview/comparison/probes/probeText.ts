import type { ComparisonSubject } from '../../../src/shared/trainingProtocol.ts';
import { percent } from '../../draw/format.ts';
import type { ProbeRow } from './probes.ts';

const no = '–';

/** `star → heart`: what each says. */
export function saysText({ predicted }: ProbeRow): string {
  const [from, to] = [predicted.from ?? no, predicted.to ?? no];
  return from === to ? from : `${from} → ${to}`;
}

/** `0.42`: how much of the map stayed where it was. */
export function correlationText({ correlation }: Pick<ProbeRow, 'correlation'>): string {
  return Number.isNaN(correlation) ? no : correlation.toFixed(2).replace('-', '−');
}

/** Everything of a row, for who does not see it. */
export function rowText(row: ProbeRow, { from, to }: Pick<ComparisonSubject, 'from' | 'to'>): string {
  const change = { wrong: 'became wrong', right: 'became right', none: '' }[row.change];
  const probability = (value: number) => (Number.isNaN(value) ? 'not known' : percent(value));
  return [
    row.name,
    ...(row.truth === undefined ? [] : [`true class ${row.truth}`]),
    `${from.name} says ${row.predicted.from ?? 'nothing'}, ${to.name} ${row.predicted.to ?? 'nothing'}`,
    ...(change ? [change] : []),
    ...(row.truth === undefined
      ? []
      : [`probability of the true class ${probability(row.trueProbability.from)} to ${probability(row.trueProbability.to)}`]),
    `rank correlation of the maps ${correlationText(row)}`,
  ].join(', ');
}

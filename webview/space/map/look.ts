import { isCorrect, type SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import { dimmed, faint, selected, wrong } from '../../draw/pointState.ts';
import type { Grouping } from './grouping.ts';

export interface Look {
  /** [n]: bits. */
  states: Uint8Array;
  /** [n]: rows in the order they are drawn in: what matters comes last. */
  order: Uint32Array;
}

export interface LookOf {
  rows: SpaceRows;
  grouping: Grouping;
  /** Groups on show; undefined: all. */
  only: ReadonlySet<number> | undefined;
  /** The group that is pointed at. */
  lit: number | undefined;
  /** Rows of these `rows`. */
  chosen: readonly number[];
}

let last: { of: LookOf; look: Look } | undefined;

/** Made once for as long as nothing changes. */
export function lookOf(of: LookOf): Look {
  const same = (Object.keys(of) as (keyof LookOf)[]).every((key) => last?.of[key] === of[key]);
  if (last && same) return last.look;
  const states = statesOf(of);
  const look = { states, order: orderOf(states) };
  last = { of, look };
  return look;
}

function statesOf({ rows, grouping, only, lit, chosen }: LookOf): Uint8Array {
  const states = new Uint8Array(rows.count);
  for (let row = 0; row < rows.count; row++) {
    const id = grouping.ids[row] as number;
    let state = isCorrect(rows, row) === false ? wrong : 0;
    if (only && !only.has(id)) state |= faint;
    if (chosen.length > 0 || (lit !== undefined && lit !== id)) state |= dimmed;
    states[row] = state;
  }
  for (const row of chosen) {
    const state = ((states[row] as number) | selected) & ~faint;
    states[row] = lit === undefined || lit === grouping.ids[row] ? state & ~dimmed : state;
  }
  return states;
}

/** Of more points, wrong ones do not lie on top: they would hide all the others. */
const crowd = 20_000;

/** Layers of drawing, from below. */
function layerOf(state: number, isCrowd: boolean): number {
  if (state & faint) return 0;
  if (state & selected) return 4;
  if (state & dimmed) return 1;
  return state & wrong && !isCrowd ? 3 : 2;
}

function orderOf(states: Uint8Array): Uint32Array {
  const starts = new Uint32Array(6);
  const isCrowd = states.length > crowd;
  for (const state of states) {
    const next = layerOf(state, isCrowd) + 1;
    starts[next] = (starts[next] as number) + 1;
  }
  for (let layer = 1; layer < starts.length; layer++) starts[layer] = (starts[layer] as number) + (starts[layer - 1] as number);
  const order = new Uint32Array(states.length);
  states.forEach((state, row) => {
    const layer = layerOf(state, isCrowd);
    order[starts[layer] as number] = row;
    starts[layer] = (starts[layer] as number) + 1;
  });
  return order;
}

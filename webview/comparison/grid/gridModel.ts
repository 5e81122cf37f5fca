import type { ColorScale } from '../../../src/shared/colorScale.ts';
import type { ErrorRecord } from '../../../src/shared/errors.ts';
import { frameMap } from '../../../src/shared/frameMap.ts';
import type { ExplanationMap } from '../../../src/shared/protocol.ts';
import type { BothSides } from '../../../src/shared/trainingProtocol.ts';
import { mapFrames } from '../method/ownMaps.ts';
import { joinedScale, type PairModel, pairModel } from '../pair/pairModel.ts';
import type { ProbeRow } from '../probes/probes.ts';
import { probes, rowOf } from '../selectors.ts';
import type { ComparisonState } from '../state.ts';

/** A probe of the grid: its maps as they were read of the checkpoints, else as they were asked for. */
export interface GridRow {
  probe: ProbeRow;
  model: PairModel;
  /** Class that both maps explain; undefined: not there yet. */
  explained: string | undefined;
  error: ErrorRecord | undefined;
}

export interface GridModel {
  rows: readonly GridRow[];
  /** That all rows fit on. */
  scale: ColorScale | undefined;
  differenceScale: ColorScale | undefined;
}

const nothing = { from: undefined, to: undefined };

export function gridModel(state: ComparisonState): GridModel {
  const rows = probes(state).rows.map((probe) => gridRow(state, probe));
  return {
    rows,
    scale: joinedScale(rows.map(({ model }) => model.scale)),
    differenceScale: joinedScale(rows.map(({ model }) => model.differenceScale)),
  };
}

function gridRow(state: ComparisonState, probe: ProbeRow): GridRow {
  const { measure } = state.choices;
  const read = readMaps(state, probe);
  if (read) return { probe, model: pairModel(read, measure), explained: read.to.class.label, error: undefined };
  const asked = state.passing.get(probe.path);
  if (!asked) return { probe, model: pairModel(nothing, measure), explained: undefined, error: undefined };
  if ('code' in asked) return { probe, model: pairModel(nothing, measure), explained: undefined, error: asked };
  const model = pairModel({ from: asked.from.map, to: asked.to.map }, measure);
  return { probe, model, explained: asked.explained.label, error: model.error ?? asked.from.error ?? asked.to.error };
}

/** The next probe whose maps have to be asked for: what was read of the two explains different classes, or has none. */
export function toPass(state: ComparisonState): string | undefined {
  const { subject, results, choices, passing, frames } = state;
  if (!subject || subject.trouble || choices.view !== 'grid' || frames.loading) return undefined;
  if (!results.frames.from || !results.frames.to) return undefined;
  return probes(state).rows.find((probe) => !passing.has(probe.path) && !readMaps(state, probe))?.path;
}

function readMaps(state: ComparisonState, { path }: ProbeRow): BothSides<ExplanationMap> | undefined {
  const frames = mapFrames(state);
  const at = { from: rowOf(frames.from, path), to: rowOf(frames.to, path) };
  if (!frames.from || !frames.to || at.from < 0 || at.to < 0) return undefined;
  if (frames.from.explained[at.from] !== frames.to.explained[at.to]) return undefined;
  const [from, to] = [frameMap(frames.from, at.from), frameMap(frames.to, at.to)];
  return from && to && { from, to };
}

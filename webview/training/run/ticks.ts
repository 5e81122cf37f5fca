import { type SVGTemplateResult, svg } from 'lit';
import type { Checkpoint } from '../../../src/shared/trainingProtocol.ts';
import type { Axis } from '../axis.ts';

/** How a checkpoint is drawn on the slider. */
export type TickKind = 'read' | 'gone' | 'waiting' | 'running' | 'incomplete' | 'failed';

export interface Tick {
  kind: TickKind;
  /** 0..1: share of the probes that are right; 1 where that is not known. */
  right: number;
  pinned: boolean;
  alarm: boolean;
}

export function tickKind({ reading, gone }: Checkpoint, isRead: boolean): TickKind {
  if (isRead) return gone ? 'gone' : 'read';
  return reading.state === 'done' ? 'waiting' : reading.state;
}

/** Of the drawing, which is stretched over the axis; its height is in CSS pixels. */
export const ticksHeight = 30;
const bottom = 24;
const tallest = 22;
const shortest = 4;

/**
 * A mark for each checkpoint: a bar as tall as the share of the probes that are right where it was read, a hollow one where its files are gone,
 * a short stroke where it waits, a broken one where it is being written, a cross where it failed. Under them a line where there are alarms, above
 * them a dot where one is pinned. `width`: of the axis, CSS pixels.
 */
export function ticks(axis: Axis, all: readonly Tick[], width: number): SVGTemplateResult {
  const room = width / Math.max(1, all.length - 1);
  const thick = Math.max(1, Math.min(10, room * 0.6));
  // From half-way to the checkpoint before to half-way to the next one, on the axis.
  const half = all.length > 1 ? Math.max(1, room / 2) : thick;
  const underline = (x: number): SVGTemplateResult => {
    const [from, to] = [Math.max(-thick / 2, x - half), Math.min(width + thick / 2, x + half)];
    return svg`<rect class="tick-alarm" x=${from} y=${bottom + 3} width=${to - from} height="3" />`;
  };
  return svg`${all.map((tick, i) => mark(tick, axis.place(i) * width, thick))} ${all.map((tick, i) => (tick.alarm ? underline(axis.place(i) * width) : ''))}`;
}

function mark({ kind, right, pinned }: Tick, x: number, thick: number): SVGTemplateResult {
  const tall = shortest + right * (tallest - shortest);
  const bar = (height: number, name: string) =>
    svg`<rect class="tick ${name}" x=${x - thick / 2} y=${bottom - height} width=${thick} height=${height} />`;
  const dot = pinned ? svg`<circle class="tick-pin" cx=${x} cy="1.5" r="1.5" />` : '';
  switch (kind) {
    case 'read':
    case 'gone':
      return svg`${bar(tall, kind)}${dot}`;
    case 'failed': {
      const half = Math.max(1.5, Math.min(4, thick / 2));
      return svg`<path class="tick-failed" d="M${x - half} ${bottom - 2 * half - 1}l${2 * half} ${2 * half}m0 ${-2 * half}l${-2 * half} ${2 * half}" />${dot}`;
    }
    case 'incomplete':
      return svg`<path class="tick-incomplete" d="M${x} ${bottom}V${bottom - 14}" />${dot}`;
    default:
      return svg`<path class="tick-waiting ${kind}" d="M${x} ${bottom}V${bottom - 7}" />${dot}`;
  }
}

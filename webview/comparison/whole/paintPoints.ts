import type { WholeSet } from '../../../src/shared/trainingProtocol.ts';
import { classColour, css, type MapTheme, noColour } from '../../draw/classColours.ts';
import { faint } from '../../draw/pointState.ts';
import type { MapsModel } from './mapsModel.ts';

const radius = 6;

/** The images of a data set as points in the colours of their labels; what is wrong as a ring. */
export function paintPoints(
  context: CanvasRenderingContext2D,
  { transform, ...maps }: MapsModel,
  side: 'from' | 'to',
  of: Pick<WholeSet, 'labels' | 'predicted'>,
  theme: MapTheme,
): void {
  const { positions, states } = maps[side];
  context.lineWidth = 2;
  for (let row = 0; row < states.length; row++) {
    if ((states[row] as number) & faint) continue;
    const label = of.labels[row] as number;
    const colour = css(label < 0 ? noColour(theme) : classColour(label, theme));
    context.beginPath();
    context.arc(
      (positions[2 * row] as number) * transform.scale + transform.left,
      transform.top - (positions[2 * row + 1] as number) * transform.scale,
      radius,
      0,
      2 * Math.PI,
    );
    const isWrong = label >= 0 && of.predicted[row] !== label;
    context.fillStyle = colour;
    context.strokeStyle = colour;
    if (isWrong) context.stroke();
    else context.fill();
  }
}

/** The point that is lit, and in the second map the way that it has come. */
export function paintLit(
  context: CanvasRenderingContext2D,
  { transform, from, to }: MapsModel,
  side: 'from' | 'to',
  lit: number | undefined,
  theme: MapTheme,
): void {
  if (lit === undefined) return;
  const at = ({ positions }: MapsModel['from']): [number, number] => [
    (positions[2 * lit] as number) * transform.scale + transform.left,
    transform.top - (positions[2 * lit + 1] as number) * transform.scale,
  ];
  const here = at(side === 'from' ? from : to);
  if (here.some(Number.isNaN)) return;
  context.lineWidth = 3;
  context.strokeStyle = css(theme.ink);
  const before = at(from);
  if (side === 'to' && !before.some(Number.isNaN)) {
    context.setLineDash([7, 6]);
    context.beginPath();
    context.moveTo(...before);
    context.lineTo(...here);
    context.stroke();
    context.setLineDash([]);
  }
  context.beginPath();
  context.arc(...here, 2.4 * radius, 0, 2 * Math.PI);
  context.stroke();
}

/** Outlines of points that are told apart by more than their colour, of radius 1 about the origin; all of about the same area. */
const corners: readonly (readonly Corner[])[] = [
  // Square, triangle, diamond, triangle that points down, plus, cross.
  [
    [-0.88, -0.88],
    [0.88, -0.88],
    [0.88, 0.88],
    [-0.88, 0.88],
  ],
  [
    [0, -1.3],
    [1.15, 0.8],
    [-1.15, 0.8],
  ],
  [
    [0, -1.3],
    [1.1, 0],
    [0, 1.3],
    [-1.1, 0],
  ],
  [
    [0, 1.3],
    [1.15, -0.8],
    [-1.15, -0.8],
  ],
  arms(0),
  arms(Math.PI / 4),
];

/** So many shapes there are: the first is a disc. */
export const pointShapes = corners.length + 1;

/** SVG path data of a shape about (x, y). */
export function pointPath(shape: number, radius: number, x = 0, y = 0): string {
  const at = shape % pointShapes;
  if (at === 0) return `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`;
  const points = (corners[at - 1] ?? []).map(([dx, dy]) => `${round(x + radius * dx)} ${round(y + radius * dy)}`);
  return `M${points.join('L')}Z`;
}

type Corner = readonly [x: number, y: number];

/** Four arms, turned by an angle. */
function arms(angle: number): readonly Corner[] {
  const [thin, long] = [0.42, 1.3];
  const one: readonly Corner[] = [
    [-thin, -long],
    [thin, -long],
    [thin, -thin],
  ];
  return [0, 1, 2, 3].flatMap((turn) => {
    const by = angle + (turn * Math.PI) / 2;
    return one.map(([x, y]): Corner => [x * Math.cos(by) - y * Math.sin(by), x * Math.sin(by) + y * Math.cos(by)]);
  });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

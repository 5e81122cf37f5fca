const moves: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The cell that an arrow key leads to, by what the eye sees and not by markup: rows may wrap. Undefined: no arrow, or nothing there. */
export function neighbour(key: string, from: HTMLElement, cells: readonly HTMLElement[]): HTMLElement | undefined {
  const move = moves[key];
  if (!move) return undefined;
  const [dx, dy] = move;
  if (dx !== 0) return cells[cells.indexOf(from) + dx];
  const here = from.getBoundingClientRect();
  const middle = here.left + here.width / 2;
  const beyond = cells
    .map((cell) => ({ cell, box: cell.getBoundingClientRect() }))
    .filter(({ box }) => (dy > 0 ? box.top >= here.bottom - 1 : box.bottom <= here.top + 1));
  const far = ({ box }: { box: DOMRect }) => Math.abs(box.top - here.top);
  const line = Math.min(...beyond.map(far));
  const across = ({ box }: { box: DOMRect }) => Math.abs(box.left + box.width / 2 - middle);
  return beyond.filter((each) => far(each) <= line + 1).sort((a, b) => across(a) - across(b))[0]?.cell;
}

import type { NeighbourGraph } from '../../numeric/points.ts';

/** What the neighbours of each row say of its label; [rows]. */
export interface Votes {
  /** NaN where the row has no label, has no neighbours, or was not asked. */
  share: Float32Array;
  /** −1: none. Of labels that are as many the one that is nearest. */
  majority: Int32Array;
}

/** The different contents of the labelled rows. */
export interface Contents {
  /** First labelled row of each. */
  first: Int32Array;
  /**
   * Of the rows with the contents `asked`, in this order the k nearest labelled rows with other contents, from a graph of contents: at least
   * k neighbours of each of them, or all, itself left out or not.
   */
  vote(asked: readonly number[], graph: NeighbourGraph, k: number): Votes;
}

export function contentsOf(labels: Int32Array, hashes: readonly string[]): Contents {
  const byHash = new Map<string, number[]>();
  for (const [row, hash] of hashes.entries()) {
    if ((labels[row] as number) < 0) continue;
    const members = byHash.get(hash);
    if (members) members.push(row);
    else byHash.set(hash, [row]);
  }
  const members = [...byHash.values()];
  return {
    first: Int32Array.from(members, (rows) => rows[0] as number),
    vote: (asked, graph, k) => vote({ labels, members }, asked, graph, k),
  };
}

interface Labelled {
  labels: Int32Array;
  /** Rows of each content, ascending. */
  members: readonly (readonly number[])[];
}

function vote({ labels, members }: Labelled, asked: readonly number[], { k: found, indices, distances }: NeighbourGraph, k: number): Votes {
  const share = new Float32Array(labels.length).fill(Number.NaN);
  const majority = new Int32Array(labels.length).fill(-1);
  asked.forEach((content, i) => {
    const near: { row: number; distance: number }[] = [];
    for (let at = i * found; at < (i + 1) * found; at++) {
      const neighbour = indices[at] as number;
      if (neighbour === content || neighbour < 0) continue;
      for (const row of (members[neighbour] as readonly number[]).slice(0, k)) near.push({ row, distance: distances[at] as number });
    }
    near.sort((a, b) => a.distance - b.distance || a.row - b.row);
    const said = near.slice(0, k).map(({ row }) => labels[row] as number);
    for (const row of members[content] as readonly number[]) {
      share[row] = said.filter((label) => label === labels[row]).length / said.length;
      majority[row] = mostOf(said);
    }
  });
  return { share, majority };
}

/** The first of those that are there most often. */
function mostOf(labels: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  let [most, best] = [0, -1];
  for (const [label, count] of counts) if (count > most) [most, best] = [count, label];
  return best;
}

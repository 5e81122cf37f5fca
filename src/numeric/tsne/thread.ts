/** Entry of the threads that help with the gradient of t-SNE. */
import { parentPort, workerData } from 'node:worker_threads';
import { BarnesHut } from './barnesHut.ts';
import { InterpolatedRepulsion } from './interpolated.ts';
import { Member } from './member.ts';
import { control, join } from './memory.ts';
import type { ThreadData } from './team.ts';

const { memory, method } = workerData as ThreadData;
const { control: shared } = memory;
const member =
  method.kind === 'barnes-hut'
    ? new Member(memory, new BarnesHut(memory.count, method.theta), 'own')
    : new Member(memory, InterpolatedRepulsion.attach(method.state, memory.positions), 'shared');
let round = Atomics.load(shared, control.round);
parentPort?.postMessage('ready');

while (nextRound()) {
  if (!join(memory)) continue;
  try {
    member.help();
  } catch {
    Atomics.store(shared, control.failed, 1);
  }
  Atomics.add(shared, control.arrived, 1);
  Atomics.notify(shared, control.arrived);
}

/** Sleeps until there is work; false: there is none any more. */
function nextRound(): boolean {
  Atomics.wait(shared, control.round, round);
  round = Atomics.load(shared, control.round);
  return !Atomics.load(shared, control.ended);
}

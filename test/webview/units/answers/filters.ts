import type { Answers } from './answer.ts';

// To be filled: filters. An answer is a function of the call's params and an `AnswerContext`:
//   filters: async (params, { scene, host, step, progress }) => { await step(0.5); progress(…); return …; },
// Calls without an answer fail with "The test host has no answer to …". Tests hold calls by `unitsHost.held.add('filters')`,
// make the next one fail by `unitsHost.failures.set('filters', { code, message })`, and stop those that come in steps by `unitsHost.pace.stopAt`.
export const filtersAnswers: Answers = {};

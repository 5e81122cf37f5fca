import { activationsAnswers } from './activations.ts';
import type { Answers } from './answer.ts';
import { filtersAnswers } from './filters.ts';
import { frameAnswers } from './frame.ts';
import { patchesAnswers } from './patches.ts';
import { unitAnswers } from './unit.ts';
import { visualiseAnswers } from './visualise.ts';

/** What the test host says to each call. */
export const answers: Answers = {
  ...frameAnswers,
  ...activationsAnswers,
  ...patchesAnswers,
  ...unitAnswers,
  ...filtersAnswers,
  ...visualiseAnswers,
};

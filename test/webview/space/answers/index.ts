import type { Answers } from './answer.ts';
import { frameAnswers } from './frame.ts';
import { mapAnswers } from './map.ts';
import { mistakesAnswers } from './mistakes.ts';
import { neighboursAnswers } from './neighbours.ts';
import { selectionAnswers } from './selection.ts';

/** What the test host says to each call. */
export const answers: Answers = {
  ...frameAnswers,
  ...mapAnswers,
  ...neighboursAnswers,
  ...mistakesAnswers,
  ...selectionAnswers,
};

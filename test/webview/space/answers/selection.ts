import type { Answers } from './answer.ts';

export const selectionAnswers: Answers = {};

import type { Answers } from './answer.ts';

export const neighboursAnswers: Answers = {};

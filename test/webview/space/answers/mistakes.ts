import type { Answers } from './answer.ts';

export const mistakesAnswers: Answers = {};

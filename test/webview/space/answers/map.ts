import type { Answers } from './answer.ts';

export const mapAnswers: Answers = {};

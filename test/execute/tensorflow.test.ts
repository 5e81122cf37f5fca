import { createTensorFlow } from '../../src/execute/tfjs/executor.ts';
import { executorSuite } from '../support/executorSuite.ts';

executorSuite(createTensorFlow, { tolerance: 1e-5 });

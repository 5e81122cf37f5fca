import { createWasm } from '../../src/execute/tfjs/executor.ts';
import { executorSuite } from '../support/executorSuite.ts';

executorSuite(createWasm, { tolerance: 1e-5 });

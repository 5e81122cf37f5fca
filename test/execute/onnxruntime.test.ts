import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import { executorSuite } from '../support/executorSuite.ts';

executorSuite(createOnnxRuntime, { tolerance: 1e-5 });

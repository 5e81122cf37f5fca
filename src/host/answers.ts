import type { PageCalls } from '../shared/protocol.ts';
import type { Handlers } from '../shared/rpc.ts';
import { forgetLabelSet, saveInputSize, saveInputs, savePreprocessing, saveSidecar } from '../sidecar/write.ts';

type Answers = 'savePreprocessing' | 'saveLabels' | 'saveInputSize' | 'saveInputs' | 'saveOutput';

/** Calls of a page that write what a person answered to the sidecar of its model; `then` shows the model anew. */
export function answerHandlers(model: () => string, then: () => Promise<void>): Pick<Handlers<PageCalls>, Answers> {
  return {
    savePreprocessing: async ({ preprocessing }) => {
      await savePreprocessing(model(), preprocessing);
      await then();
    },
    saveLabels: async ({ id }) => {
      await (id === undefined ? forgetLabelSet(model()) : saveSidecar(model(), { labels: id }));
      await then();
    },
    saveInputSize: async ({ size }) => {
      await saveInputSize(model(), size);
      await then();
    },
    saveInputs: async ({ inputs }) => {
      await saveInputs(model(), inputs);
      await then();
    },
    saveOutput: async ({ output }) => {
      await saveSidecar(model(), { output });
      await then();
    },
  };
}

/** What the host of the page about training answers with: plain data, made in Node, sent to the browser as JSON; `made.ts` fills in the numbers. */
import type { MethodInfo } from '../../../src/shared/protocol.ts';
import type { TrainingState } from '../../../src/shared/trainingProtocol.ts';

export interface TrainingScene {
  /** Checkpoints, probes and generation are filled in. */
  state: Omit<TrainingState, 'generation' | 'checkpoints' | 'probes'>;
  classes: readonly string[];
  checkpoints: number;
  /** The first of them are read when the page opens. */
  read: number;
  probes: number;
  /** So many of the first have masks. */
  masked: number;
  /** Checkpoints, the first ones, whose whole set is evaluated; images of it. */
  wholes: number;
  images: number;
  logs: boolean;
  /** The network learns a shortcut: maps lie on the border from the start. */
  cheats: boolean;
  methods: readonly MethodInfo[];
  /** Cells along a side of a map. */
  side: number;
  /** Outputs are no class scores. */
  unscored: boolean;
  /** Probes, the last ones, whose true class is not known; before them those that cannot be read. */
  unknown: number;
  broken: number;
}

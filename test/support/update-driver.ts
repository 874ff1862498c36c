import type { Settings } from '../../src/domain/settings.ts';
import { runAsDriver } from './run-driver.ts';
import { rollBack, update } from './run-update.ts';

/** What `update-driver.ts` is told. */
export interface UpdateWords {
  readonly action: 'update' | 'rollback';
  readonly settings: Settings;
  /** The one it is about. */
  readonly domain: string;
}

// Updates all trees of a root, or rolls one back, in a process of its own, so that a test can kill it.
await runAsDriver<UpdateWords>(({ action, settings, domain }) =>
  action === 'update' ? update(settings) : rollBack(settings, domain),
);

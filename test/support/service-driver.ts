import { commands } from '../../src/cli/command-table.ts';
import { runMain } from '../../src/cli/run-main.ts';
import { fakeIo } from './fake-io.ts';
import { runAsDriver } from './run-driver.ts';

export interface ServiceWords {
  readonly configDir: string;
  /** Of a command line of virtfs. */
  readonly words: readonly string[];
}

// One call of virtfs in a process of its own, so that a test can kill it.
await runAsDriver<ServiceWords>(async ({ configDir, words }) => {
  const io = fakeIo({ env: { VIRTFS_CONFIG_DIR: configDir } });
  process.exitCode = await runMain(commands, words, io);
  process.stderr.write(io.errLines.join('\n'));
});

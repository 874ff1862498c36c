import { commands } from './command-table.ts';
import { processIo } from './process-io.ts';
import { reportError, withMappedStack } from './report-error.ts';
import { runMain } from './run-main.ts';

/** Runs virtfs as this process: its words, its streams and signals, its exit status. */
export async function runProcess(words: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const io = processIo(env);
  process.on('uncaughtException', async (error) => {
    process.exit(reportError(await withMappedStack(error), io.err, { program: 'virtfs', json: false }));
  });
  const status = await runMain(commands, words, io);
  // A broken output stream has set its own status already.
  process.exitCode ??= status;
}

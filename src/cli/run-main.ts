import { VirtfsError } from '../errors/virtfs-error.ts';
import type { CommandSpec } from './command.ts';
import type { Io } from './io.ts';
import { ownWords } from './own-words.ts';
import { reportError, withMappedStack } from './report-error.ts';
import { runCommand } from './run-command.ts';

/** Runs one command line of virtfs and resolves to the exit status. The only catch-all of the program. */
export async function runMain(
  table: readonly CommandSpec[],
  words: readonly string[],
  io: Io,
): Promise<number> {
  try {
    const status = await runCommand(table, words, io);
    if (io.signal.aborted) throw io.signal.reason;
    return status;
  } catch (error) {
    // What a stopped run throws on its way out (an AbortError, a killed child) is not the news.
    const news = io.signal.aborted && !(error instanceof VirtfsError) ? io.signal.reason : error;
    return reportError(await withMappedStack(news), io.err, {
      program: 'virtfs',
      json: wantsJson(table, words),
    });
  }
}

/** Asked of the bare words: a command line that cannot be read has to be reported as well. */
function wantsJson(table: readonly CommandSpec[], words: readonly string[]): boolean {
  const spec = table.find(({ name }) => name === words[0]);
  const own = spec === undefined ? words : ownWords(spec, words.slice(1));
  const end = own.indexOf('--');
  return own.slice(0, end === -1 ? undefined : end).includes('--json');
}

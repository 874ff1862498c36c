import type { CommandSpec, OptionValues } from '../command.ts';
import { parseCommandLine } from '../command-line.ts';
import { describeHelp } from '../describe-help.ts';
import { type ErrorForm, reportError, withMappedStack } from '../report-error.ts';
import { version } from '../version.ts';
import { writeLine } from '../virtexec/write-line.ts';
import { virtmaildSpec } from './virtmaild-spec.ts';

export interface VirtmaildProcess {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type VirtmaildValues = OptionValues<(typeof virtmaildSpec)['options']>;

const form: ErrorForm = { program: 'virtmaild', json: false };
const out = (line: string): void => writeLine(1, line);
const err = (line: string): void => writeLine(2, line);

/** virtmaild from its words to its end. Resolves to the exit status. The only catch-all of the program. */
export async function runVirtmaild({ words, env }: VirtmaildProcess): Promise<number> {
  try {
    const spec: CommandSpec = {
      ...virtmaildSpec,
      load: () => Promise.reject(new Error('not a command of virtfs')),
    };
    if (asksForHelp(words)) {
      const columns = Number(env.COLUMNS);
      for (const line of describeHelp('virtmaild', spec, columns > 20 ? columns : 80)) out(line);
      return 0;
    }
    const values = parseCommandLine('virtmaild', spec, words).values as VirtmaildValues;
    if (values.version) {
      out(`virtmaild ${version}`);
      return 0;
    }
    const { runServer } = await import('./run-server.ts');
    return await runServer(values, env, out);
  } catch (error) {
    return reportError(await withMappedStack(error), err, form);
  }
}

function asksForHelp(words: readonly string[]): boolean {
  return words.some((word) => word === '--help' || word === '-h');
}

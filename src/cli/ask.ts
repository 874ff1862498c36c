import { Interrupted } from '../errors/interrupted.ts';

export interface TextQuestion {
  readonly message: string;
  readonly default?: string;
  /** The rule a text breaks, shown below it; undefined lets it pass. */
  readonly whyNot: (text: string) => string | undefined;
  /** The text as it is shown while it is typed. */
  readonly shown?: (text: string) => string;
}

export interface Choice {
  readonly value: string;
  readonly name: string;
  /** Shown below the list while the choice is at hand. */
  readonly description: string;
}

/** Someone who answers questions; a table in tests. */
export interface Ask {
  readonly text: (question: TextQuestion) => Promise<string>;
  readonly choice: (message: string, choices: readonly Choice[], preset: string) => Promise<string>;
  readonly yes: (message: string) => Promise<boolean>;
}

/** Asks on the terminal, on standard error so that standard output stays data. Ctrl-C throws Interrupted. */
export async function askOnTerminal(signal: AbortSignal): Promise<Ask> {
  const { default: inquirer } = await import('inquirer');
  const prompt = inquirer.createPromptModule({ output: process.stderr, signal });
  const answered = async <T>(asked: Promise<{ readonly answer: T }>): Promise<T> => {
    try {
      return (await asked).answer;
    } catch (error) {
      signal.throwIfAborted();
      throw isLeft(error) ? new Interrupted('SIGINT') : error;
    }
  };
  return {
    text: ({ message, default: preset, whyNot, shown }) =>
      answered(
        prompt([
          {
            type: 'input',
            name: 'answer',
            message,
            ...(preset === undefined ? {} : { default: preset }),
            validate: (text: string) => whyNot(text.trim()) ?? true,
            ...(shown === undefined ? {} : { transformer: shown }),
          },
        ]) as Promise<{ answer: string }>,
      ).then((text) => text.trim()),
    choice: (message, choices, preset) =>
      answered(
        prompt([
          { type: 'select', name: 'answer', message, choices: [...choices], default: preset },
        ]) as Promise<{
          answer: string;
        }>,
      ),
    yes: (message) =>
      answered(
        prompt([{ type: 'confirm', name: 'answer', message, default: true }]) as Promise<{ answer: boolean }>,
      ),
  };
}

/** The terminal is in raw mode while a question is asked: Ctrl-C comes as a key, and inquirer makes this of it. */
function isLeft(error: unknown): boolean {
  return Error.isError(error) && error.name === 'ExitPromptError';
}

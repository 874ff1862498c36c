import { Interrupted } from '../errors/interrupted.ts';

export interface SecretQuestion {
  readonly message: string;
  /** The rule a text breaks, shown below it; undefined lets it pass. */
  readonly whyNot: (text: string) => string | undefined;
}

/** Asks on the terminal, on standard error, for what must not be seen while it is typed. Ctrl-C throws Interrupted. */
export async function askSecret(signal: AbortSignal, { message, whyNot }: SecretQuestion): Promise<string> {
  const { default: inquirer } = await import('inquirer');
  const ask = inquirer.createPromptModule({ output: process.stderr, signal });
  try {
    const asked: { readonly answer: string } = await ask([
      {
        type: 'password',
        name: 'answer',
        message,
        toggleMask: false,
        validate: (text: string) => whyNot(text) ?? true,
      },
    ]);
    return asked.answer;
  } catch (error) {
    signal.throwIfAborted();
    // The terminal is in raw mode: Ctrl-C comes as a key.
    // biome-ignore lint/style/useErrorCause: leaving a question is no failure, and has no cause to show
    if (Error.isError(error) && error.name === 'ExitPromptError') throw new Interrupted('SIGINT');
    throw error;
  }
}

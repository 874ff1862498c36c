import { Listr, ListrLogger, type ListrTask, ProcessOutput } from 'listr2';

/** How progress is shown: a list that redraws itself, a line for each step, or nothing. Always on standard error. */
export type Progress = 'list' | 'lines' | 'none';

/** One step of an order of work. `note` replaces the words behind the title while and after it runs. */
export interface Step {
  readonly title: string;
  readonly run: (note: (text: string) => void) => Promise<void> | void;
  /** A reason to leave the step out, asked when its turn comes. */
  readonly skip?: () => string | undefined;
}

/** Runs steps one after another with a task list. The first error ends the run and is thrown. */
export async function runTasks(steps: readonly Step[], progress: Progress): Promise<void> {
  // Our signals are ours: listr2's own handler would end every interrupted run with 127.
  const common = { registerSignalListeners: false, concurrent: false } as const;
  const tasks = steps.map(taskOf);
  if (progress === 'none') {
    await new Listr(tasks, { ...common, renderer: 'silent' }).run();
    return;
  }
  const processOutput = new ProcessOutput(process.stderr, process.stderr);
  const logger = new ListrLogger({ useIcons: true, toStderr: [], processOutput });
  if (progress === 'list') {
    const rendererOptions = { logger, collapseErrors: false, showErrorMessage: false };
    // What listr2 falls back on where it cannot draw must not go to standard output either.
    const fallback = { fallbackRenderer: 'simple', fallbackRendererOptions: { logger } } as const;
    await new Listr(tasks, { ...common, ...fallback, renderer: 'default', rendererOptions }).run();
  } else {
    await new Listr(tasks, { ...common, renderer: 'simple', rendererOptions: { logger } }).run();
  }
}

function taskOf({ title, run, skip }: Step): ListrTask {
  return {
    title,
    skip: () => skip?.() ?? false,
    task: async (_context, task) => {
      await run((text) => {
        task.title = `${title}: ${text}`;
      });
    },
  };
}

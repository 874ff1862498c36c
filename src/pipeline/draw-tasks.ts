import { Listr, ListrLogger, type ListrTask, ProcessOutput } from 'listr2';
import type { Step } from './run-tasks.ts';

/** Runs steps one after another and shows them on standard error: as a list that redraws itself, or as lines. */
export async function drawTasks(steps: readonly Step[], progress: 'list' | 'lines'): Promise<void> {
  // Our signals are ours: listr2's own handler would end every interrupted run with 127.
  const common = { registerSignalListeners: false, concurrent: false } as const;
  const tasks = steps.map(taskOf);
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

/** How progress is shown: a list that redraws itself, a line for each step, or nothing. Always on standard error. */
export type Progress = 'list' | 'lines' | 'none';

/** One step of an order of work. `note` replaces the words behind the title while and after it runs. */
export interface Step {
  readonly title: string;
  readonly run: (note: (text: string) => void) => Promise<void> | void;
  /** A reason to leave the step out, asked when its turn comes. */
  readonly skip?: () => string | undefined;
}

/**
 * Runs steps one after another. The first error ends the run and is thrown. What draws the task list is loaded only where
 * there is one to draw.
 */
export async function runTasks(steps: readonly Step[], progress: Progress): Promise<void> {
  if (progress !== 'none') {
    const { drawTasks } = await import('./draw-tasks.ts');
    await drawTasks(steps, progress);
    return;
  }
  for (const { run, skip } of steps) if (skip?.() === undefined) await run(() => {});
}

import { type ApplyWords, apply } from './run-apply.ts';
import { runAsDriver } from './run-driver.ts';

// Applies a declaration in a process of its own, so that a test can kill or interrupt it.
await runAsDriver<ApplyWords>((words, signal) => apply(words, { signal }));

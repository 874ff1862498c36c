import { type CloneWords, clone } from './run-clone.ts';
import { runAsDriver } from './run-driver.ts';

// Clones a domain in a process of its own: `clone-driver.ts WORDS`, the words as JSON.
await runAsDriver((words: CloneWords, signal) => clone(words, signal));

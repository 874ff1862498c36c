import { runAsDriver } from './run-driver.ts';
import { runUserWords } from './run-user-words.ts';

// Changes the users of a domain in a process of its own: `user-driver.ts WORDS`, the words as JSON.
await runAsDriver(runUserWords);

import process from 'node:process';
import { type CreateWords, create } from './run-create.ts';
import { runAsDriver } from './run-driver.ts';

await runAsDriver<CreateWords>((words, signal) => {
  if (words.uid !== undefined) process.setuid?.(words.uid);
  return create(words, signal);
});

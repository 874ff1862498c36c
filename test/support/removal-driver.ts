import { runAsDriver } from './run-driver.ts';
import { clean, type RemovalWords, remove, restore } from './run-removal.ts';

await runAsDriver<RemovalWords>((words, signal) => {
  if (words.action === 'remove') return remove(words, signal);
  return words.action === 'restore' ? restore(words, signal) : clean(words, signal);
});

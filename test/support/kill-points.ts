import { type KillPoint, listChangingCalls as listChangingCallsOf, runDriverKilled } from './kill-command.ts';
import { type CreateWords, createDriver } from './run-create.ts';
import type { DriverEnd } from './run-driver.ts';

/** Runs a create undisturbed; gives the changing calls of its main thread, in order, from the first lock on. */
export function listChangingCalls(words: CreateWords): Promise<readonly KillPoint[]> {
  return listChangingCallsOf(createDriver(words));
}

/** Of each call the first, one in the middle and the last; every one of those by which something gets its name. */
export function choosePoints(calls: readonly KillPoint[]): readonly KillPoint[] {
  const names = [...new Set(calls.map(({ call }) => call))];
  return names.flatMap((name) => {
    const all = calls.filter(({ call }) => call === name);
    if (/^(?:rename|symlink|syncfs)/u.test(name)) return all;
    const chosen = [0, Math.floor(all.length / 2), all.length - 1].map((index) => all[index]);
    return [...new Set(chosen)].filter((point) => point !== undefined);
  });
}

/** Runs a create that is killed when it is about to make the call. */
export function runKilled(words: CreateWords, point: KillPoint): Promise<DriverEnd> {
  return runDriverKilled(createDriver(words), point);
}

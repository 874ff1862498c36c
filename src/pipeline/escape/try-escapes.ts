import { release } from 'node:os';
import type { DomainName } from '../../domain/domain-name.ts';
import type { EscapeReport, EscapeRow } from '../../domain/escape-report.ts';
import type { TreeAccount } from '../../engine/find-account.ts';
import { openTreesRoot } from '../../engine/open-root.ts';
import { openTree } from '../../engine/open-tree.ts';
import { readRecord } from '../../host/read-records.ts';
import { readLandlockVersion } from '../../linux/landlock.ts';
import { requireRoot } from '../change-trees.ts';
import { type Attempt, type Outcome, untested } from './attempt.ts';
import { chooseUser } from './choose-user.ts';
import { findPlace, keepOpen } from './find-place.ts';
import { listAttempts } from './list-attempts.ts';
import { RemoteEnded } from './remote-process.ts';
import { type Place, type Scene, setScene } from './set-scene.ts';

export interface EscapeRequest {
  /** The root of trees, absolute. */
  readonly root: string;
  readonly domain: DomainName;
  /** The command line that enters `domain` as `user`, undefined root, and becomes the call server there. */
  readonly enter: (domain: string, user: string | undefined) => readonly string[];
  readonly signal: AbortSignal;
  /** All of them where it is left out. */
  readonly attempts?: readonly Attempt[];
}

/**
 * Tries the known ways out of a tree, as a user of it and as its root, in a process that entered it as virtexec does.
 * Nothing that succeeds does harm: it works on files, processes and terminals made for it, or asks in a way that cannot
 * be carried out. Nothing stays behind. Throws NEEDS_ROOT, DOMAIN_MISSING, TREE_UNSAFE, ISOLATION_FAILED.
 */
export async function tryEscapes(request: EscapeRequest): Promise<EscapeReport> {
  requireRoot('try ways out of a tree');
  await using stack = new AsyncDisposableStack();
  const root = stack.use(openTreesRoot(request.root, { make: false }));
  const treeFd = keepOpen(stack, openTree(root, request.domain));
  const record = await readRecord(root.path, request.domain);
  const user = chooseUser(treeFd, record?.admin, record?.uids);
  const place = await findPlace(stack, request, { root, treeFd });
  const users = user === undefined ? [undefined] : [user, undefined];
  const attempts = request.attempts ?? listAttempts();
  const results: Outcome[][] = [];
  for (const who of users) {
    results.push(await makeAttempts(place, who, attempts, request.signal));
  }
  const names = users.map((who) => who?.account.name ?? 'root');
  const landlock = readLandlockVersion();
  const rows = attempts.map((attempt, index) => {
    const outcomes = results.flatMap((each, at) => {
      const outcome = each[index];
      return outcome === undefined ? [] : [{ ...outcome, as: names[at] ?? '' }];
    });
    return describeRow(attempt, outcomes, landlock);
  });
  return { domain: request.domain, users: names, rows, kernel: release(), landlock };
}

function describeRow(attempt: Attempt, outcomes: EscapeRow['outcomes'], landlock: number): EscapeRow {
  const { name, gives, type } = attempt;
  const isThrough = outcomes.some((outcome) => outcome.type === 'through');
  const tooOldFor =
    isThrough && landlock < (attempt.landlock ?? 0) ? `Linux ${linuxWith[attempt.landlock ?? 2]}` : undefined;
  return { attempt: name, gives, type, outcomes, tooOldFor };
}

/** The first Linux with a version of Landlock. */
const linuxWith = { 2: '5.19', 6: '6.12' } as const;

async function makeAttempts(
  place: Place,
  who: TreeAccount | undefined,
  attempts: readonly Attempt[],
  signal: AbortSignal,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let scene: (Scene & AsyncDisposable) | undefined;
  try {
    for (const attempt of attempts) {
      signal.throwIfAborted();
      scene ??= await setScene(place, who);
      const outcome = await makeAttempt(attempt, scene);
      outcomes.push(outcome);
      if (outcome.type === 'through' || !scene.probe.isAlive) {
        // What got through may be anywhere now.
        await scene[Symbol.asyncDispose]();
        scene = undefined;
      }
    }
    return outcomes;
  } finally {
    await scene?.[Symbol.asyncDispose]();
  }
}

async function makeAttempt(attempt: Attempt, scene: Scene): Promise<Outcome> {
  try {
    return await attempt.run(scene);
  } catch (error) {
    if (error instanceof RemoteEnded) return untested('a process that was needed for it ended');
    throw error;
  }
}

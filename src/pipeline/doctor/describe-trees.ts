import type { TrashFacts, TreesFacts } from '../../domain/machine-facts.ts';
import { escapeLines } from '../../errors/escape-lines.ts';
import { listSome } from './describe-root.ts';
import { type Finding, note, ok, problem } from './finding.ts';

/** The trees of one root: what of them needs somebody. `now` is ISO 8601. */
export function describeTrees(root: string, trees: TreesFacts, now: string): readonly Finding[] {
  const area = escapeLines(root);
  const held = trees.domains.filter(({ isHeld }) => isHeld).map(({ domain }) => domain);
  return [
    ok(area, `${count(trees.domains.length, 'domain')}, ${count(trees.storeObjects, 'file')} in the store`),
    ...trees.unreadable.map((text) =>
      problem(area, escapeLines(text), 'put the file back from a backup: virtfs check says more'),
    ),
    ...describeOutdated(area, trees),
    ...(held.length === 0
      ? []
      : [
          note(
            area,
            `held back from updates: ${listSome(held)}`,
            `virtfs update ${escapeLines(held[0] ?? '')} brings it up to date again`,
          ),
        ]),
    ...describeNames(area, trees.mostNames),
    ...(trees.trash.length === 0 ? [] : [describeTrash(area, trees.trash, now)]),
  ];
}

function describeOutdated(area: string, { domains, outdated }: TreesFacts): readonly Finding[] {
  if (domains.length === 0) return [];
  if (outdated.size === 0) return [ok(area, 'every tree has the files this host has now')];
  const names = [...outdated].map(([domain, files]) => `${domain} (${count(files, 'file')})`);
  return [
    problem(
      area,
      `${count(outdated.size, 'tree')} behind this host: ${listSome(names)}`,
      'virtfs update --all',
    ),
  ];
}

/** ext4 ends at 65 000 names of one file. */
const mostOnExt4 = 65_000;

function describeNames(area: string, most: number): readonly Finding[] {
  if (most < mostOnExt4 * 0.9) return [];
  return [
    ok(
      area,
      `a file of the store has ${most} names: where the file system takes no more, a second one is begun`,
    ),
  ];
}

function describeTrash(area: string, trash: readonly TrashFacts[], now: string): Finding {
  const oldest = trash.reduce((one, other) => (other.removed < one.removed ? other : one));
  const expired = trash.filter(({ expires }) => expires !== undefined && expires < now);
  const what = `${count(trash.length, 'removed tree')} in the trash, the oldest ${escapeLines(oldest.domain)} of ${oldest.removed.slice(0, 10)}`;
  if (expired.length === 0) return ok(area, what);
  return note(area, `${what}; ${expired.length} may go`, 'virtfs clean');
}

function count(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? '' : 's'}`;
}

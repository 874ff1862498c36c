import type { IdFacts } from '../../domain/machine-facts.ts';
import type { UidRange } from '../../domain/record.ts';
import { escapeLines } from '../../errors/escape-lines.ts';
import { type Finding, note, ok, problem } from './finding.ts';

const area = 'user ids';

/** 2^31-1 is -1 to programs that keep ids in a signed int. */
const highest = 2 ** 31 - 2;

/** Ranges of user ids: those that meet, and how many are left. */
export function describeIds(facts: IdFacts): readonly Finding[] {
  const clashes = [...findClashes(facts), ...findHostClashes(facts)];
  return [...clashes, describeLeft(facts)];
}

function findClashes({ domains }: IdFacts): readonly Finding[] {
  const inOrder = domains.toSorted((one, other) => one.uids.first - other.uids.first);
  return inOrder.flatMap((each, index) => {
    const next = inOrder[index + 1];
    if (next === undefined || !doMeet(each.uids, next.uids)) return [];
    const what = `${escapeLines(each.domain)} and ${escapeLines(next.domain)} share ids from ${next.uids.first} on: each may use the other's files`;
    return [problem(area, what, `make one of them anew: virtfs clone ${escapeLines(next.domain)} NEW`)];
  });
}

function findHostClashes({ domains, host }: IdFacts): readonly Finding[] {
  return domains.flatMap(({ domain, uids }) => {
    const met = host.find((range) => doMeet(range, uids));
    if (met === undefined) return [];
    const ids =
      met.count === 1 ? `the id ${met.first}` : `ids from ${met.first} to ${met.first + met.count - 1}`;
    const what = `${escapeLines(domain)} has ids ${uids.first} to ${uids.first + uids.count - 1}, and this host uses ${ids} itself`;
    return [
      problem(
        area,
        what,
        'give the user or container of the host another: /etc/passwd, /etc/group, /etc/subuid, /etc/subgid',
      ),
    ];
  });
}

function doMeet(one: UidRange, other: UidRange): boolean {
  return one.first < other.first + other.count && other.first < one.first + one.count;
}

function describeLeft({ first, count, domains, host }: IdFacts): Finding {
  const taken = [...domains.map(({ uids }) => uids), ...host].filter(
    (range) => range.first + range.count > first,
  );
  const used = taken.reduce((sum, range) => sum + range.count, 0);
  const left = Math.max(0, Math.floor((highest + 1 - first - used) / count));
  const what = `room for about ${left} more domains of ${count} ids each, from ${first} on`;
  return left < 100 ? note(area, what, 'a smaller uid-count in virtfs.toml gives more') : ok(area, what);
}

import type { FileSystemFacts, RootFacts, TreesFacts } from '../../domain/machine-facts.ts';
import { escapeLines } from '../../errors/escape-lines.ts';
import { type Finding, note, ok, problem, unseen } from './finding.ts';

/** One root of trees: whether it is safe, what its disk can do and has left. */
export function describeRoot({ root, state, disk, link, trees }: RootFacts): readonly Finding[] {
  const area = escapeLines(root);
  return [
    ...describeState(area, state),
    ...(disk === undefined ? [] : describeDisk(area, disk, trees)),
    ...describeLink(area, link, trees),
  ];
}

function describeState(area: string, state: RootFacts['state']): readonly Finding[] {
  switch (state.type) {
    case 'missing':
      return [note(area, 'there is no such folder yet', 'virtfs create DOMAIN makes it')];
    case 'unseen':
      return [unseen(area, 'what is in it is for root alone')];
    case 'refused':
      return [problem(area, escapeLines(state.why), escapeLines(state.mend))];
    case 'usable':
      return [
        state.isOpenToOthers
          ? note(
              area,
              'users of this host can reach into it, and with the help of root of a tree out of it again',
              `chmod 700 ${area}, or give it the web server's group and chmod 710`,
            )
          : ok(area, 'nobody but root can change it or reach into it'),
      ];
  }
}

const few = 0.05;

function describeDisk(
  area: string,
  disk: FileSystemFacts,
  trees: TreesFacts | undefined,
): readonly Finding[] {
  return [
    ...describeOptions(area, disk, trees),
    describeRoom(area, 'space', { free: disk.free, all: disk.size, least: 50e6, shown: megabytes }),
    ...(disk.inodes === 0
      ? []
      : [
          describeRoom(area, 'inodes', {
            free: disk.inodesFree,
            all: disk.inodes,
            least: 2000,
            shown: String,
          }),
        ]),
  ];
}

function describeOptions(
  area: string,
  disk: FileSystemFacts,
  trees: TreesFacts | undefined,
): readonly Finding[] {
  const type = escapeLines(disk.type);
  const has = (option: string) => disk.options.includes(option);
  const remount = (option: string) => `mount -o remount,${option} on its mount point, and in /etc/fstab`;
  const hasSetId = trees?.domains.some((domain) => domain.hasSetId) === true;
  const found = [
    ...(has('ro')
      ? [problem(area, 'it is mounted read-only: nothing can be made or changed', remount('rw'))]
      : []),
    ...(has('noexec')
      ? [problem(area, 'it is mounted noexec: no program of a tree can be run', remount('exec'))]
      : []),
    ...(has('nodev')
      ? [problem(area, 'it is mounted nodev: /dev/null and the others of a tree do not work', remount('dev'))]
      : []),
    ...(has('nosuid') && hasSetId
      ? [
          problem(
            area,
            'it is mounted nosuid, and set-id programs that profiles ask for work for root alone',
            remount('suid'),
          ),
        ]
      : []),
    ...(has('nosuid') && !hasSetId
      ? [
          note(
            area,
            'it is mounted nosuid: a profile with setid would not get what it asks for',
            remount('suid'),
          ),
        ]
      : []),
  ];
  return [ok(area, `file system ${type}`), ...found];
}

interface Room {
  readonly free: number;
  readonly all: number;
  readonly least: number;
  readonly shown: (amount: number) => string;
}

function describeRoom(area: string, what: string, { free, all, least, shown }: Room): Finding {
  const text = `${shown(free)} ${what === 'space' ? 'free' : `${what} free`} of ${shown(all)}`;
  const look = what === 'space' ? `df -h ${area}; virtfs clean` : `df -i ${area}; virtfs clean`;
  if (free < least) return problem(area, `${text}: not enough for another tree`, look);
  return free < all * few ? note(area, text, look) : ok(area, text);
}

function megabytes(bytes: number): string {
  return bytes < 1e10 ? `${(bytes / 1e6).toFixed(0)} MB` : `${(bytes / 1e9).toFixed(0)} GB`;
}

function describeLink(
  area: string,
  link: RootFacts['link'],
  trees: TreesFacts | undefined,
): readonly Finding[] {
  if (link === undefined) return [];
  const others = trees?.domains.filter((domain) => domain.link !== link) ?? [];
  const share =
    link === 'copy'
      ? note(
          area,
          'trees share no files here: each has copies',
          'use a file system with hard links or reflinks',
        )
      : ok(area, `new trees share files by ${link}`);
  if (others.length === 0) return [share];
  return [
    share,
    ok(
      area,
      `${others.length} made otherwise: ${listSome(others.map((each) => `${each.domain} by ${each.link}`))}`,
    ),
  ];
}

/** The first few names. */
export function listSome(names: readonly string[]): string {
  const shown = names.slice(0, 5).map(escapeLines).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

import type { HookFacts, LimitFacts, RuntimeFacts } from '../../domain/machine-facts.ts';
import { escapeLines } from '../../errors/escape-lines.ts';
import { type Finding, note, ok, problem } from './finding.ts';

/** Node.js, and what of the host's programs and libraries virtfs uses. */
export function describeRuntime({ node, passwords, strace }: RuntimeFacts): readonly Finding[] {
  const area = 'programs';
  return [
    isNewEnough(node)
      ? ok(area, `Node.js ${escapeLines(node)}`)
      : problem(
          area,
          `Node.js ${escapeLines(node)} is older than 24.15`,
          'install virtfs with its own: scripts/install',
        ),
    describePasswords(area, passwords),
    strace === undefined
      ? note(area, 'no strace: virtfs trace cannot watch a program', 'apt-get install strace')
      : ok(area, `strace: ${escapeLines(strace)}`),
  ];
}

function describePasswords(area: string, passwords: RuntimeFacts['passwords']): Finding {
  if (passwords === 'yescrypt') return ok(area, 'libcrypt with yescrypt for passwords');
  if (passwords === 'sha512crypt')
    return note(area, 'libcrypt has no yescrypt: passwords are hashed by sha512crypt');
  return problem(area, 'no libcrypt: virtfs user cannot set a password', 'apt-get install libcrypt1');
}

function isNewEnough(node: string): boolean {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 15);
}

/** Limits of processes and of the machine. */
export function describeLimits(facts: LimitFacts): readonly Finding[] {
  const area = 'limits';
  const { openFilesHard, processes, filesInUse, filesMost } = facts;
  return [
    ...atLeast(area, openFilesHard, 1024, 'open files for one process', 'ulimit -Hn 4096'),
    ...atLeast(area, processes, 1024, 'processes for one user', 'ulimit -u 4096'),
    ...(filesInUse === undefined || filesMost === undefined
      ? []
      : [describeFiles(area, filesInUse, filesMost)]),
  ];
}

function atLeast(
  area: string,
  limit: number | undefined,
  least: number,
  what: string,
  command: string,
): readonly Finding[] {
  if (limit === undefined) return [];
  const shown = Number.isFinite(limit) ? `at most ${limit} ${what}` : `any number of ${what}`;
  return [limit >= least ? ok(area, shown) : note(area, `${shown}, which is few`, command)];
}

function describeFiles(area: string, inUse: number, most: number): Finding {
  // Some kernels count to 2^63-1.
  const what = `${inUse} files open on this machine`;
  if (inUse < most * 0.9) return ok(area, what);
  return problem(area, `${what}, of ${most} at most`, `sysctl -w fs.file-max=${most * 2}`);
}

/** Whether trees follow package upgrades by themselves. */
export function describeHooks({ apt, unit, systemd }: HookFacts): readonly Finding[] {
  const area = 'hooks';
  const install = 'scripts/install --hooks, from the sources of virtfs';
  if (!apt && unit === 'absent') {
    return [
      note(area, 'none: trees follow a package upgrade when somebody calls virtfs update --all', install),
    ];
  }
  const findings = [
    apt
      ? ok(area, 'apt tells virtfs of upgrades')
      : note(area, 'apt does not tell virtfs of upgrades', install),
  ];
  if (!systemd) return findings;
  if (unit === 'enabled') return [...findings, ok(area, 'systemd starts the update')];
  const enable = unit === 'present' ? 'systemctl enable --now virtfs-update.path' : install;
  return [...findings, problem(area, 'systemd does not start the update that apt asks for', enable)];
}

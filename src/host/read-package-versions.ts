import { readFileSync } from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';
import { parseDpkgStatus } from './parse-dpkg-status.ts';

/**
 * The version of each installed package of this host: as dpkg's own file has them, else as rpm tells. Undefined where
 * neither is to be had.
 */
export function readPackageVersions(): ReadonlyMap<string, string> | undefined {
  try {
    return parseDpkgStatus(readFileSync('/var/lib/dpkg/status', 'latin1'));
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    return askRpm();
  }
}

function askRpm(): ReadonlyMap<string, string> | undefined {
  try {
    const format = '%{NAME} %{VERSION}-%{RELEASE}\\n';
    // Not imported: every create would load it, and few hosts have rpm.
    const { execFileSync } = process.getBuiltinModule('node:child_process');
    const text = execFileSync('rpm', ['--query', '--all', '--queryformat', format], {
      encoding: 'utf8',
      timeout: 10_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return new Map(text.split('\n').flatMap((line) => pairOf(line.split(' '))));
  } catch {
    // No rpm, or one that cannot read its data base: the versions are not known.
    return undefined;
  }
}

function pairOf([name, version]: readonly string[]): (readonly [string, string])[] {
  return name === undefined || version === undefined || name === '' ? [] : [[name, version]];
}

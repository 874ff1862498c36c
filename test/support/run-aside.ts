import process from 'node:process';
import { type AloneOptions, runAlone } from './run-alone.ts';
import type { Ended } from './run-virtexec.ts';

export interface AsideOptions extends Pick<AloneOptions, 'uid' | 'timeout'> {
  /** The whole environment but for PATH, which is that of a program in a tree. */
  readonly env?: Readonly<Record<string, string>>;
  /** The host name it sees. */
  readonly hostname: string;
}

// $0 is the host name, $1 the user it works as.
const script = `
  mount -o remount,bind,ro / && mount -t proc proc /proc && hostname "$0" && cd / || exit 125
  for folder in /tmp /var/tmp /run /dev/shm; do
    if [ -d "$folder" ] && [ ! -L "$folder" ]; then mount -t tmpfs -o mode=1777 none "$folder" || exit 125; fi
  done
  user=$1
  shift
  # Not exec: the first process of a namespace is taken for init, by itself and by the kernel.
  setpriv --reuid "$user" --regid "$user" --clear-groups --no-new-privs --bounding-set -all,+setuid,+setgid,+net_raw --inh-caps -all -- "$@"
  exit $?
`;

/**
 * Runs a program of the host where it can do no harm: in namespaces of its own, the host's files read-only, no network,
 * no capability but those dma and ping insist on. As a program in a tree it has no terminal and nothing to read.
 */
export function runAside(words: readonly string[], options: AsideOptions): Promise<Ended> {
  const { env, hostname, uid = 0, timeout = 30_000 } = options;
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const own = Object.entries({ ...env, PATH: path }).map(([name, value]) => `${name}=${value}`);
  const apart = '--mount --uts --ipc --net --pid --fork --kill-child --propagation private'.split(' ');
  return runAlone(
    ['unshare', ...apart, 'sh', '-c', script, hostname, String(uid), 'env', '-i', ...own, ...words],
    { timeout, env: { PATH: process.env.PATH ?? path } },
  );
}

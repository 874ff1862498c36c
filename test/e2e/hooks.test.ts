import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HostOverlay, startHostOverlay } from '../support/host-overlay.ts';
import { needs } from '../support/needs.ts';

const checkout = new URL('../..', import.meta.url).pathname;
const aptFile = '/etc/apt/apt.conf.d/90virtfs';
const units = ['virtfs-update.path', 'virtfs-update.service'].map((name) => `/etc/systemd/system/${name}`);

describe.runIf(needs('root', { program: 'apt-get' }, { program: 'dpkg-deb' }))(
  'scripts/install --hooks',
  () => {
    let host: HostOverlay;
    let prefix: string;
    let home: string;

    beforeAll(async () => {
      prefix = mkdtempSync(join(tmpdir(), 'virtfs-hooks-'));
      chmodSync(prefix, 0o755);
      home = join(prefix, 'lib/virtfs');
      host = await startHostOverlay();
      await host.sh(buildPackages, host.base);
      await host.sh('"$1/scripts/install" --prefix "$2" --hooks', checkout, prefix);
    });

    afterAll(async () => {
      await host[Symbol.asyncDispose]();
      rmSync(prefix, { recursive: true, force: true });
    });

    it('lays a hook of apt and two units, which only root can write', async () => {
      expect(await host.sh('stat -c "%n %a %u" "$@"', aptFile, ...units)).toBe(
        [aptFile, ...units].map((file) => `${file} 644 0`).join('\n'),
      );
      expect(await host.sh('readlink -f /etc/systemd/system/*.wants/virtfs-update.path')).toBe(units[0]);
      expect(await host.sh('apt-config dump DPkg::Post-Invoke')).toContain(`${home}/queue-update`);
    });

    it.runIf(needs({ program: 'systemd-analyze' }))(
      'lays units that systemd has no complaint about',
      async () => {
        const { exitCode, stdout, stderr } = await host.run(
          'systemd-analyze',
          'verify',
          '--man=no',
          ...units,
        );
        expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: '', stderr: '' });
      },
    );

    it('lets trees follow an upgrade by apt-get', async () => {
      const root = join(host.base, 'virtual');
      await host.sh(
        `mkdir -p /etc/virtfs/profiles
       printf 'root = "%s"\\nprofile = "tool"\\n' "$1" >/etc/virtfs/virtfs.toml
       printf 'summary = "for tests"\\ncommands = ["sh", "virtfs-test-tool"]\\n' >/etc/virtfs/profiles/tool.toml`,
        root,
      );
      expect(await apt('v1.deb')).toEqual({ exitCode: 0, complaints: [] });
      await host.sh('"$1/sbin/virtfs" create --yes --quiet a.example b.example', prefix);
      const printed = () =>
        host.sh(
          'for domain in a b; do "$1/bin/virtexec" --domain $domain.example virtfs-test-tool; done',
          prefix,
        );
      expect(await printed()).toBe('v1\nv1');
      expect(await apt('v2.deb')).toEqual({ exitCode: 0, complaints: [] });
      await until(async () => !(await isWanted()) && (await printed()) === 'v2\nv2');
      expect(await host.sh('cat /run/virtfs/update.log')).toBe('');
    });

    it.each([
      ['is gone', 'mv "$1/dist/virtfs.js" "$1/dist/away"'],
      ['fails', 'echo "exit 70" >"$1/dist/virtfs.js"'],
      ['hangs', 'echo "echo \\$\\$ >$2/pid; exec sleep 600" >"$1/dist/virtfs.js"'],
      ['is gone with all else', 'mv "$1" "$1-away"'],
      ['cannot be asked', 'rm -rf /run/virtfs; touch /run/virtfs'],
    ])('leaves the status of apt-get alone when virtfs %s', async (_, breakIt) => {
      await using _whole = await breakVirtfs(breakIt);
      expect(await apt('v1.deb', '--allow-downgrades')).toEqual({ exitCode: 0, complaints: [] });
      expect(await apt('v2.deb')).toEqual({ exitCode: 0, complaints: [] });
    });

    it('keeps what a failed update said, and its status', async () => {
      await using _whole = await breakVirtfs('echo "echo no way >&2; exit 71" >"$1/dist/virtfs.js"');
      await queue();
      await until(async () => (await log()) === 'no way\nvirtfs update ended with status 71');
    });

    it('returns while the work goes on, and keeps nothing of its caller open', async () => {
      await using _whole = await breakVirtfs(
        'echo "echo \\$\\$ >$2/pid; exec sleep 600" >"$1/dist/virtfs.js"',
      );
      // It ends when the last process has closed its output.
      await host.sh('exec 5>&1 8>&1; "$1/queue-update"', home);
      await until(async () => (await host.run('test', '-s', join(host.base, 'pid'))).exitCode === 0);
    });

    it('works once more for a wish that is made during the work, however many they are, and never twice at once', async () => {
      await using _whole = await breakVirtfs(`cat >"$1/dist/virtfs.js" <<END
      mkdir $2/at-work || echo twice >>$2/runs
      echo run >>$2/runs
      while ! [ -e $2/go-on ]; do sleep 0.05; done
      rmdir $2/at-work
END`);
      await queue();
      const runs = () => host.sh('cat "$1/runs" 2>/dev/null || :', host.base);
      await until(async () => (await runs()) === 'run');
      await Promise.all(Array.from({ length: 20 }, queue));
      expect(await runs()).toBe('run');
      await host.sh('touch "$1/go-on"', host.base);
      await until(async () => !(await isWanted()) && (await isIdle()));
      expect(await runs()).toBe('run\nrun');
    });

    it('hands virtfs no variable of the package run', async () => {
      await using _whole = await breakVirtfs('echo "env >$2/env" >"$1/dist/virtfs.js"');
      await host.sh('VIRTFS_ROOT=/elsewhere "$1/queue-update"', home);
      await until(async () => !(await isWanted()) && (await isIdle()));
      expect(await host.sh('cat "$1/env"', host.base)).not.toContain('elsewhere');
    });

    it('leaves the work to systemd where that runs', async () => {
      await using _whole = await breakVirtfs(
        'mkdir -p /run/systemd/system; echo "touch $2/ran" >"$1/dist/virtfs.js"',
      );
      await queue();
      expect(await isWanted()).toBe(true);
      // Time enough for what must not happen.
      await sleep(500);
      expect((await host.run('test', '-e', join(host.base, 'ran'))).exitCode).not.toBe(0);
    });

    it('refuses to take the place of what is not ours, before it lays anything', async () => {
      await host.sh('mv "$1" "$1.away"; echo "mine" >"$1"', aptFile);
      const other = join(host.base, 'other');
      expect(await install(other, '--hooks')).toMatchObject({
        exitCode: 73,
        stderr: expect.stringContaining(`cannot put ${aptFile}: something else is there`),
      });
      expect(await host.sh('cat "$1"; mv "$1.away" "$1"; ls "$2" 2>&1 || :', aptFile, other)).toMatch(
        /^mine\nls: /u,
      );
    });

    it('refuses to take the hooks of another installation', async () => {
      const { exitCode, stderr } = await install(join(host.base, 'other'), '--hooks');
      expect({ exitCode, stderr }).toEqual({
        exitCode: 73,
        stderr: expect.stringContaining(`${home}/uninstall`),
      });
    });

    it('refuses a prefix that apt and systemd would read otherwise', async () => {
      const { exitCode, stderr } = await install(join(host.base, 'a b'), '--hooks');
      expect({ exitCode, stderr }).toEqual({
        exitCode: 64,
        stderr: expect.stringContaining('letters, digits'),
      });
    });

    it('renews them with a further installation, and takes them away with --no-hooks', async () => {
      await host.sh('echo "// older" >>"$1"; rm "$2"', aptFile, units[0] ?? '');
      expect(await install(prefix)).toMatchObject({ exitCode: 0 });
      expect(await host.sh('cat "$@"', aptFile, ...units)).not.toContain('older');
      expect(await install(prefix, '--no-hooks')).toMatchObject({ exitCode: 0 });
      expect(await hookFiles()).toBe('');
      expect(await host.sh('"$1/sbin/virtfs" --version', prefix)).toMatch(/^virtfs /u);
    });

    it('are gone after scripts/uninstall, and what is not ours is not', async () => {
      await host.sh('"$1/hooks" put "$1"; mkdir -p /run/virtfs; echo mine >"$2"', home, units[1] ?? '');
      await host.sh('"$1/uninstall"', home);
      expect(await hookFiles()).toBe(units[1]);
      expect(await host.sh('ls /run')).not.toContain('virtfs');
    });

    const queue = () => host.sh('"$1/queue-update"', home);
    const log = () => host.sh('cat /run/virtfs/update.log 2>/dev/null || :');
    const isWanted = async () => (await host.run('test', '-e', '/run/virtfs/update-wanted')).exitCode === 0;
    const isIdle = async () =>
      (await host.run('flock', '-n', '/run/virtfs/update-works', 'true')).exitCode === 0;
    const install = (folder: string, ...more: readonly string[]) =>
      host.run(join(checkout, 'scripts/install'), '--prefix', folder, ...more);
    const hookFiles = () => host.sh('find /etc -path "*virtfs*" ! -path "/etc/virtfs*"');

    async function apt(file: string, ...more: readonly string[]) {
      const call = 'env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --reinstall'.split(' ');
      const { exitCode, stdout, stderr } = await host.run(...call, ...more, join(host.base, file));
      // What apt-get calls an error or a warning, and what a shell says.
      const complaints = `${stdout}\n${stderr}`.split('\n').filter((line) => /^[EW]:|sh:/u.test(line));
      return { exitCode, complaints };
    }

    /** $1 is where virtfs is, $2 a folder; a file in the place of virtfs becomes a program of sh. */
    async function breakVirtfs(script: string): Promise<AsyncDisposable> {
      await host.sh('cp "$1/dist/virtfs.js" "$2/whole"', home, host.base);
      await host.sh('rm "$1/dist/virtfs.js"; : >"$1/dist/virtfs.js"', home);
      await host.sh(script, home, host.base);
      await host.sh(
        '! [ -f "$1/dist/virtfs.js" ] || { sed -i "1i#!/bin/sh" "$1/dist/virtfs.js"; chmod 755 "$1/dist/virtfs.js"; }',
        home,
      );
      return {
        [Symbol.asyncDispose]: async () => {
          await host.sh(mend, home, host.base);
          await until(isIdle);
          await host.sh(
            'cd "$1"; rm -rf pid runs go-on env at-work; rm -rf /run/virtfs /run/systemd',
            host.base,
          );
        },
      };
    }
  },
);

const mend = `
  [ ! -d "$1-away" ] || mv "$1-away" "$1"
  cp "$2/whole" "$1/dist/.whole"
  mv "$1/dist/.whole" "$1/dist/virtfs.js"
  rm -f "$1/dist/away"
  [ -d /run/virtfs ] || rm -f /run/virtfs
  mkdir -p /run/virtfs
  rm -f /run/virtfs/update-wanted
  [ ! -f "$2/pid" ] || kill "$(cat "$2/pid")" 2>/dev/null || :
`;

const buildPackages = `
  for version in 1 2; do
    dir=$1/v$version
    mkdir -p "$dir/DEBIAN" "$dir/usr/bin"
    printf 'Package: virtfs-test-tool\\nVersion: %s\\nArchitecture: all\\nMaintainer: nobody <nobody@localhost>\\nDescription: for tests\\n' $version >"$dir/DEBIAN/control"
    printf '#!/bin/sh\\necho v%s\\n' $version >"$dir/usr/bin/virtfs-test-tool"
    chmod 0755 "$dir/usr/bin/virtfs-test-tool"
    dpkg-deb --root-owner-group --build "$dir" "$dir.deb" >/dev/null
  done
`;

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await isSo()) return;
    await sleep(100);
  }
  throw new Error('it did not come to be in half a minute');
}

import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { needs } from '../support/needs.ts';

const quickstart = new URL('../../scripts/quickstart', import.meta.url).pathname;

describe.runIf(needs('root', { program: 'unshare' }))('scripts/quickstart', () => {
  it('makes the domain, shows it, runs a program in it and says what to try next', async () => {
    const { stdout, stderr } = await runAside('"$0" first.example');
    expect(stderr).toContain('# virtfs create first.example --root /run/virtfs-quickstart --yes');
    // What virtfs create prints, and what hostname prints in the tree.
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining(['/run/virtfs-quickstart/first.example', 'first.example']),
    );
    for (const next of ['virtexec', 'umount /run/virtfs-quickstart', 'scripts/install'])
      expect(stdout).toContain(next);
  });

  it('starts afresh when it is run again', async () => {
    const { stdout } = await runAside(
      '"$0" again.example && "$0" again.example && ls /run/virtfs-quickstart',
    );
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('again.example');
  });

  it('gives commands that work as they are printed', async () => {
    const { stdout } = await runAside('"$0"');
    const explain = /why a file is there\n +(.+)/u.exec(stdout)?.[1] ?? '';
    const remove = /remove the sandbox\n +(.+)/u.exec(stdout)?.[1] ?? '';
    const { stdout: after } = await runAside(`"$0" >&2 && ${explain} && ${remove} && ls /run`);
    expect(after).toContain('/usr/bin/passwd');
    expect(after).not.toContain('virtfs-quickstart');
  });

  it('says what is wrong for anyone but root', async () => {
    const { exitCode, stderr } = await execa('unshare', ['--user', quickstart], { reject: false });
    expect(exitCode).toBe(77);
    expect(stderr).toContain('not root');
  });

  it('says what is wrong with an argument', async () => {
    const { exitCode, stderr } = await execa(quickstart, ['--fast'], { reject: false });
    expect(exitCode).toBe(64);
    expect(stderr).toContain(join('scripts', 'quickstart'));
  });
});

/** Runs shell words, `$0` being the program, with a /run of their own: a sandbox of this machine stays as it is. */
async function runAside(words: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return await execa('unshare', ['-m', 'sh', '-ec', `mount -t tmpfs none /run\n${words}`, quickstart]);
}

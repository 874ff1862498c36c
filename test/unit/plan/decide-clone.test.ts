import { describe, expect, it } from 'vitest';
import { type CloneCase, decideClone, isGoneInClone } from '../../../src/plan/decide-clone.ts';

describe('decideClone', () => {
  it('leaves what is there only for a moment, and what belongs to one domain alone', () => {
    // biome-ignore format: a list
    const left = [
      'dev', 'proc', 'run', 'sys', 'tmp', 'etc/passwd', 'etc/shadow', 'etc/shadow-', 'etc/group+', 'etc/.pwd.lock', 'etc/passwd.lock',
      'etc/gshadow.123', 'etc/subuid', 'etc/subgid-', 'etc/hosts.virtfs-new', 'etc/pam.d/su.virtfs-new',
      'etc/ssh/ssh_host_ed25519_key', 'etc/ssh/ssh_host_rsa_key.pub',
    ];
    expect(left.map((path) => decide({ path }).type)).toEqual(left.map(() => 'leave'));
  });

  it('leaves what virtfs lays of programs, and copies what the domain put among them', () => {
    expect(decide({ path: 'usr/bin/ls', before: 'file', after: 'file' })).toEqual({ type: 'leave' });
    expect(decide({ path: 'usr/bin/gone', before: 'file' })).toEqual({ type: 'leave' });
    expect(decide({ path: 'usr/bin/now-laid', after: 'file' })).toEqual({ type: 'leave' });
    expect(decide({ path: 'usr/local/bin/mine' })).toMatchObject({ type: 'copy', replaces: false });
    expect(decide({ path: 'usr/bin/mine' })).toMatchObject({ type: 'copy', replaces: false });
  });

  it('asks whether configuration is as it was laid before it takes the place of the new one', () => {
    expect(decide({ path: 'etc/hosts', before: 'file', after: 'file' })).toEqual({
      type: 'copy',
      replaces: true,
      unlessAsLaid: true,
    });
    expect(decide({ path: 'etc/hosts', found: 'symlink', before: 'file', after: 'file' })).toEqual({
      type: 'copy',
      replaces: true,
      unlessAsLaid: false,
    });
  });

  it('lets no file take the place of a whole top folder', () => {
    expect(decide({ path: 'etc', found: 'symlink', before: 'dir', after: 'dir' })).toMatchObject({
      type: 'leave',
      why: expect.any(String),
    });
    expect(decide({ path: 'var/www/html', found: 'symlink', before: 'dir', after: 'dir' }).type).toBe('copy');
  });

  it('enters every folder, makes those that are not there, and drops empty ones the host no longer has', () => {
    const folder = { found: 'dir', before: 'dir', after: 'dir' } as const;
    expect(decide({ path: 'usr/lib', ...folder })).toMatchObject({ isThere: true, owned: 'as laid' });
    expect(decide({ path: 'home/a', ...folder })).toMatchObject({
      isThere: true,
      owned: 'as found unless as laid',
    });
    expect(decide({ path: 'usr/lib/old', found: 'dir', before: 'dir' })).toMatchObject({
      isThere: false,
      ifFilled: true,
    });
    expect(decide({ path: 'srv/data', found: 'dir' })).toMatchObject({
      isThere: false,
      ifFilled: false,
      owned: 'as found',
    });
  });

  it('puts a folder of the domain in the place of a laid link, but never of the host’s', () => {
    const folder = { found: 'dir', before: 'symlink', after: 'symlink' } as const;
    expect(decide({ path: 'var/spool/mail', ...folder })).toMatchObject({ type: 'enter', replaces: true });
    expect(decide({ path: 'lib', ...folder })).toMatchObject({ type: 'leave', why: expect.any(String) });
  });
});

describe('isGoneInClone', () => {
  it('holds for configuration and data, and for nothing a tree cannot be without', () => {
    expect(['etc/motd', 'home/a/admin', 'var/www/html'].map(isGoneInClone)).toEqual([true, true, true]);
    expect(
      ['etc', 'home', 'etc/passwd', 'etc/ld.so.cache', 'usr/bin/ls', 'run/lock', 'tmp'].map(isGoneInClone),
    ).toEqual([false, false, false, false, false, false, false]);
  });
});

function decide(given: Pick<CloneCase, 'path'> & Partial<CloneCase>) {
  return decideClone({ found: 'file', before: undefined, after: undefined, ...given });
}

import { describe, expect, it } from 'vitest';
import { parseProfile } from '../../../src/domain/parse-profile.ts';
import { resolveProfile } from '../../../src/plan/resolve-profile.ts';
import { thrownBy } from '../../support/thrown.ts';

describe('resolveProfile', () => {
  it('puts what is extended first, and names each thing once', () => {
    const profile = resolve(['top', 'other'], {
      base: { commands: ['sh', 'ls'], users: ['mail'] },
      middle: { extends: ['base'], commands: ['ls', 'vi'] },
      top: { extends: ['middle', 'base'], commands: ['top'] },
      other: { commands: ['vi', 'awk'], groups: ['mail'] },
    });
    expect(profile.commands).toEqual(['sh', 'ls', 'vi', 'top', 'awk']);
    expect(profile).toMatchObject({
      name: 'top,other',
      summary: 'top!; other!',
      extends: [],
      users: ['mail'],
      groups: ['mail'],
    });
  });

  it('drops optional what another profile asks for', () => {
    const profile = resolve(['a', 'b'], {
      a: { 'optional-commands': ['vi', 'less'], 'optional-files': ['/x', '/y'] },
      b: { commands: ['vi'], files: ['/y'] },
    });
    expect(profile).toMatchObject({
      commands: ['vi'],
      optionalCommands: ['less'],
      files: ['/y'],
      optionalFiles: ['/x'],
    });
  });

  it('lets the profile that extends decide about a folder', () => {
    const profile = resolve(['top'], {
      base: { directories: [{ path: '/srv', mode: '0755' }, { path: '/opt' }] },
      top: { extends: ['base'], directories: [{ path: '/srv', mode: '0700' }] },
    });
    expect(profile.directories.map(({ path, mode }) => [path, mode])).toEqual([
      ['/srv', 0o700],
      ['/opt', 0o755],
    ]);
  });

  it('refuses a circle and shows the way round', () => {
    const error = thrownBy(() =>
      resolve(['start'], {
        start: { extends: ['a'] },
        a: { extends: ['b'] },
        b: { extends: ['c'] },
        c: { extends: ['a'] },
      }),
    );
    expect(error).toMatchObject({ code: 'BAD_PROFILE', why: 'it extends itself: a -> b -> c -> a' });
    expect(thrownBy(() => resolve(['me'], { me: { extends: ['me'] } })).why).toContain('me -> me');
  });

  it('names the nearest for one that is not there, and who wanted it', () => {
    const asked = thrownBy(() => resolve(['logn'], { login: {}, minimal: {} }));
    expect(asked).toMatchObject({ code: 'UNKNOWN_PROFILE', mend: 'did you mean login?' });
    const wanted = thrownBy(() => resolve(['login'], { login: { extends: ['minimum'] }, minimal: {} }));
    expect(wanted).toMatchObject({ code: 'UNKNOWN_PROFILE', mend: 'did you mean minimal?' });
    expect(wanted.why).toContain("the profile 'login' extends it");
  });
});

function resolve(names: string[], table: Record<string, object>) {
  const find = (name: string) =>
    Object.hasOwn(table, name) ? parseProfile(name, { summary: `${name}!`, ...table[name] }) : undefined;
  return resolveProfile(names, find, Object.keys(table));
}

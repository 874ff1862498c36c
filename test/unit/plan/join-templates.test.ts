import { describe, expect, it } from 'vitest';
import { joinTemplates } from '../../../src/plan/join-templates.ts';
import { thrownBy } from '../../support/thrown.ts';

describe('joinTemplates', () => {
  it('adds those the profile names, and no others', () => {
    const joined = join({ texts: { hosts: 'h' }, asked: { 'vsftpd.conf.eta': 'v', aliases: 'a' } }, [
      'vsftpd.conf',
    ]);
    expect(joined).toEqual({ texts: { hosts: 'h', 'vsftpd.conf.eta': 'v' }, site: [] });
  });

  it('lets what a profile names take the place of a built-in one, rendered or not', () => {
    const asked = { 'hosts.eta': 'of the profile' };
    expect(join({ texts: { hosts: 'built-in' }, asked }, ['hosts']).texts).toEqual(asked);
  });

  it('lets the administrator’s own for all trees win', () => {
    const given = { texts: { aliases: 'mine' }, site: ['aliases'], asked: { 'aliases.eta': 'a' } };
    expect(join(given, ['aliases'])).toEqual({ texts: { aliases: 'mine' }, site: ['aliases'] });
  });

  it('keeps both of the administrator’s and virtfs’ own where a profile names it, and says whose is whose', () => {
    const asked = { 'ftpusers.eta': 'f', ftpusers: 'mine' };
    const joined = join({ texts: {}, asked, askedSite: ['ftpusers'] }, ['ftpusers']);
    expect(joined).toEqual({ texts: asked, site: ['ftpusers'] });
  });

  it('refuses a name that is nowhere', () => {
    const error = thrownBy(() => join({ texts: { motd: 'm' }, asked: {} }, ['motd', 'none.conf']));
    expect(error).toMatchObject({ code: 'BAD_PROFILE', why: expect.stringContaining('motd, none.conf') });
  });
});

interface Given {
  readonly texts: Readonly<Record<string, string>>;
  readonly site?: readonly string[];
  readonly asked: Readonly<Record<string, string>>;
  readonly askedSite?: readonly string[];
}

function join({ texts, site = [], asked, askedSite = [] }: Given, etc: readonly string[]) {
  const ofProfiles = { texts: new Map(Object.entries(asked)), site: new Set(askedSite) };
  const all = { texts: new Map(Object.entries(texts)), site: new Set(site), ofProfiles };
  const joined = joinTemplates(all, { name: 'p', etc });
  return { texts: Object.fromEntries(joined.texts), site: [...joined.site] };
}

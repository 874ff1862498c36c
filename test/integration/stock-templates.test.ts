import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { parseProfile } from '../../src/domain/parse-profile.ts';
import { isPattern } from '../../src/domain/profile-rules.ts';
import { renderEtc } from '../../src/plan/etc-templates.ts';
import { findSecret } from '../../src/plan/find-secret.ts';
import { planDevices } from '../../src/plan/plan-devices.ts';
import { resolveProfile } from '../../src/plan/resolve-profile.ts';

const templates = join(import.meta.dirname, '../../templates');
const profiles = readdirSync(join(templates, 'profiles')).map((file) => file.replace(/\.toml$/u, ''));

describe('stock profiles', () => {
  it('are three to live with, and one for each service', () => {
    const services = ['ftp', 'http', 'pop', 'sftp', 'smb', 'smtp', 'tcpd'];
    expect(profiles.sort()).toEqual([...services, 'howto', 'login', 'minimal'].sort());
  });

  it('name templates of etc that are there, and every one of them', () => {
    const named = new Set(profiles.flatMap((name) => resolveProfile([name], readProfile, profiles).etc));
    expect([...named].sort()).toEqual(
      namesIn('profile-etc')
        .map((name) => name.replace(/\.eta$/u, ''))
        .sort(),
    );
  });

  it.each(profiles)('%s resolves, with devices the table has', (name) => {
    const profile = resolveProfile([name], readProfile, profiles);
    expect(planDevices({ names: profile.devices, ttyGid: 5 }).length).toBeGreaterThan(0);
    expect(profile.summary).not.toBe('');
  });

  it.each(profiles.filter((name) => name !== 'howto'))(
    '%s has no pattern, so that nothing is searched',
    (name) => {
      const { files, exclude, commands } = resolveProfile([name], readProfile, profiles);
      expect([...files, ...exclude, ...commands].filter(isPattern)).toEqual([]);
    },
  );

  it('keep set-id bits of passwd and su alone, and for mail of Exim', () => {
    const programs = (name: string) =>
      new Set(resolveProfile([name], readProfile, profiles).setid.map((path) => path.split('/').at(-1)));
    for (const name of profiles) {
      const isForPeople = ['howto', 'login'].includes(name);
      const kept = isForPeople ? ['passwd', 'su'] : name === 'smtp' ? ['exim4'] : [];
      expect([name, ...programs(name)]).toEqual([name, ...kept]);
    }
  });
});

describe('stock templates of etc', () => {
  it('render to text without a tag, a secret or a name that was not given', () => {
    for (const { name, text } of render({})) {
      expect(text, name).not.toMatch(/<%|%>|undefined/u);
      expect(findSecret(text), name).toBeUndefined();
    }
  });

  it('let hosts name the domain at its addresses, or at 127.0.1.1 as Debian does', () => {
    expect(hosts({ addresses: ['192.0.2.7', '2001:db8::7'] })).toEqual([
      '192.0.2.7 foo.example.org www.example.org foo',
      '2001:db8::7 foo.example.org www.example.org foo',
    ]);
    expect(hosts({ addresses: [] })).toEqual(['127.0.1.1 foo.example.org www.example.org foo']);
  });

  it('do not let a domain take over the name localhost', () => {
    expect(hosts({ addresses: [], label: 'localhost' })).toEqual([
      '127.0.1.1 foo.example.org www.example.org',
    ]);
  });

  it('use no PAM module but pam_unix, pam_permit and pam_deny', () => {
    const text = render({})
      .filter(({ name }) => name.startsWith('pam.d/'))
      .map((file) => file.text)
      .join('\n');
    const modules = new Set(text.match(/pam_\w+\.so/gu));
    expect([...modules].sort()).toEqual(['pam_deny.so', 'pam_permit.so', 'pam_unix.so']);
  });
});

function readProfile(name: string) {
  if (!profiles.includes(name)) return undefined;
  return parseProfile(name, parse(readFileSync(join(templates, 'profiles', `${name}.toml`), 'utf8')));
}

function namesIn(folder: string): readonly string[] {
  const at = join(templates, folder);
  return readdirSync(at, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(at.length + 1));
}

function render(data: { addresses?: string[]; label?: string }) {
  const texts = new Map(
    ['etc', 'profile-etc'].flatMap((folder) =>
      namesIn(folder).map((name) => [name, readFileSync(join(templates, folder, name), 'utf8')] as const),
    ),
  );
  const known = {
    domain: 'foo.example.org',
    label: 'foo',
    aliases: ['www.example.org'],
    addresses: [],
    admin: 'crc',
  };
  const ids = { uidFirst: 200_000, uidLast: 209_999, hash: 'yescrypt' };
  return renderEtc({ texts, site: new Set() }, () => true, { ...known, ...ids, ...data });
}

function hosts(data: { addresses: string[]; label?: string }): string[] {
  const text = render(data).find(({ name }) => name === 'hosts')?.text ?? '';
  const lines = text.trimEnd().split('\n');
  expect(lines.slice(0, 2)).toEqual(['127.0.0.1 localhost', '::1 localhost ip6-localhost ip6-loopback']);
  return lines.slice(2);
}

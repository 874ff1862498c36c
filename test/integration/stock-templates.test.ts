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
  it('are minimal, login and howto', () => {
    expect(profiles.sort()).toEqual(['howto', 'login', 'minimal']);
  });

  it.each(profiles)('%s resolves, with devices the table has', (name) => {
    const profile = resolveProfile([name], readProfile, profiles);
    expect(planDevices({ names: profile.devices, ttyGid: 5 }).length).toBeGreaterThan(0);
    expect(profile.summary).not.toBe('');
  });

  it.each(['minimal', 'login'])('%s has no pattern, so that nothing is searched', (name) => {
    const { files, exclude, commands } = resolveProfile([name], readProfile, profiles);
    expect([...files, ...exclude, ...commands].filter(isPattern)).toEqual([]);
  });

  it('keep set-id bits of passwd and su alone', () => {
    expect(resolveProfile(['minimal'], readProfile, profiles).setid).toEqual([]);
    const names = resolveProfile(['howto'], readProfile, profiles).setid.map((path) =>
      path.split('/').at(-1),
    );
    expect([...new Set(names)].sort()).toEqual(['passwd', 'su']);
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

function render(data: { addresses?: string[]; label?: string }) {
  const etc = join(templates, 'etc');
  const names = readdirSync(etc, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(etc.length + 1));
  const texts = new Map(names.map((name) => [name, readFileSync(join(etc, name), 'utf8')]));
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

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, describe, expect } from 'vitest';
import type { Ask, TextQuestion } from '../../src/cli/ask.ts';
import { bothForms, runWizard, type WizardCall } from '../../src/cli/wizard.ts';
import { readSettings } from '../../src/host/read-settings.ts';
import { fakeIo } from '../support/fake-io.ts';

const test = base.extend<{ root: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names from here
  root: async ({}, use) => {
    const root = mkdtempSync(join(tmpdir(), 'virtfs-'));
    mkdirSync(join(root, 'taken.org'));
    await use(root);
    rmSync(root, { recursive: true });
  },
});

describe('runWizard', () => {
  test('asks for everything, shows what it would make, and makes nothing itself', async ({ root }) => {
    const { call, io, asked } = await wizard(root, {
      Domain: 'New.org',
      Addresses: '192.0.2.9, 2001:DB8::1',
      Services: 'ftp pop',
    });
    const request = await runWizard(call);
    expect(request).toMatchObject({
      domains: ['new.org'],
      profiles: ['minimal'],
      addresses: ['192.0.2.9', '2001:db8::1'],
      services: ['ftp', 'pop'],
      admin: 'admin',
      settings: { root },
    });
    expect(asked.map((message) => message.split(/[ ,]/u)[0])).toEqual([
      'Domain',
      'Folder',
      'Profile',
      'Addresses',
      'Services',
      'The',
      'Make',
    ]);
    expect(io.errLines.join('\n')).toMatch(/tree +\S+\/new\.org[\s\S]*takes +\d+ entries, .* of its own/u);
    expect(readdirSync(root)).toEqual(['taken.org']);
  });

  test('does not ask what the command line said', async ({ root }) => {
    const { call, asked } = await wizard(root, { Domain: 'new.org' });
    await runWizard({
      ...call,
      rootIsTold: true,
      words: { profiles: ['minimal'], addresses: [], admin: 'anna', services: undefined },
    });
    expect(asked).toEqual(['Domain', 'Make it?']);
  });

  test('offers services that conf files and virtuald.toml know, and none to a domain nothing could tell', async ({
    root,
  }) => {
    writeFileSync(join(root, 'conf.odd'), '');
    const asked = async (answers: Record<string, string>) => {
      const { call, asked } = await wizard(root, { Domain: 'new.org', ...answers });
      await runWizard(call);
      return asked.find((message) => message.startsWith('Services'));
    };
    expect(await asked({ Addresses: '192.0.2.9' })).toBe(
      'Services (ftp http odd pop sftp smb smtp), with spaces between (none is fine)',
    );
    expect(await asked({})).toBeUndefined();
    const { call } = await wizard(root, { Domain: 'new.org', Addresses: '192.0.2.9', Services: 'ftpp' });
    await expect(runWizard(call)).rejects.toThrow('ftpp is none of them');
  });

  test('takes no for an answer', async ({ root }) => {
    const { call } = await wizard(root, { Domain: 'new.org' }, false);
    expect(await runWizard(call)).toBeUndefined();
  });

  test.for([
    ['Domain', 'taken.org', 'There is taken.org already'],
    ['Domain', 'a..b', 'Not a domain name'],
    ['Folder', 'relative/path', 'absolute'],
    ['Addresses', '192.0.2.300', 'not an IP address'],
    ['The', 'root', 'Not a fit name'],
  ] as const)('refuses under %s: %s', async ([question, answer, why], { root }) => {
    const { call } = await wizard(root, { Domain: 'new.org', [question]: answer });
    await expect(runWizard(call)).rejects.toThrow(why);
  });

  test('shows the other form of an IDN', () => {
    expect(bothForms('bücher.example')).toBe('bücher.example (xn--bcher-kva.example)');
    expect(bothForms('xn--bcher-kva.example')).toBe('xn--bcher-kva.example (bücher.example)');
    expect(bothForms('example.org')).toBe('example.org');
    expect(bothForms('half.')).toBe('half.');
  });
});

async function wizard(root: string, answers: Record<string, string>, yes = true) {
  const io = fakeIo({ env: { VIRTFS_CONFIG_DIR: '/nonexistent', VIRTFS_ROOT: root } });
  const asked: string[] = [];
  const ask: Ask = {
    text: async ({ message, default: preset = '', whyNot }: TextQuestion) => {
      asked.push(message);
      const answer = answers[message.split(/[ ,]/u)[0] ?? ''] ?? preset;
      const wrong = whyNot(answer);
      if (wrong !== undefined) throw new Error(wrong);
      return answer;
    },
    choice: async (message) => {
      asked.push(message);
      return 'minimal';
    },
    yes: async (message) => {
      asked.push(message);
      return yes;
    },
  };
  const settings = await readSettings(io.env);
  const call: WizardCall = {
    told: {
      profiles: ['login'],
      addresses: [],
      aliases: [],
      admin: 'admin',
      link: 'auto',
      settings,
      progress: 'none',
      signal: io.signal,
      onWait: () => {},
    },
    words: { profiles: undefined, addresses: undefined, admin: undefined, services: undefined },
    rootIsTold: false,
    io,
    ask,
  };
  return { call, io, asked };
}

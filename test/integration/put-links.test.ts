import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, describe, expect } from 'vitest';
import { putLinks } from '../../src/cli/virtexec/put-links.ts';

const test = base.extend<{ dir: string; script: string }>({
  dir: async ({ task: _ }, use) => {
    const dir = mkdtempSync(join(tmpdir(), 'virtfs-links-'));
    await use(dir);
    rmSync(dir, { recursive: true });
  },
  script: async ({ dir }, use) => {
    mkdirSync(join(dir, 'sbin'));
    const script = join(dir, 'sbin/virtexec');
    writeFileSync(script, '#!/bin/sh\n', { mode: 0o755 });
    await use(script);
  },
});

const names = ['virtemacs', 'virtmailq', 'virtnewuser', 'virtpasswd', 'virtpico', 'virtvi'];

describe('putLinks', () => {
  test("makes the HOWTO's links beside virtexec, by its name alone", ({ dir, script }) => {
    const links = putLinks(script, undefined);
    expect(readdirSync(join(dir, 'sbin')).sort()).toEqual(['virtexec', ...names].sort());
    expect(names.map((name) => readlinkSync(join(dir, 'sbin', name)))).toEqual(names.map(() => 'virtexec'));
    expect(links.every(({ result }) => result === 'made')).toBe(true);
  });

  test('makes them elsewhere by the whole path, and keeps them the second time', ({ dir, script }) => {
    mkdirSync(join(dir, 'other'));
    putLinks(script, join(dir, 'other'));
    expect(readlinkSync(join(dir, 'other/virtvi'))).toBe(script);
    const again = putLinks(script, join(dir, 'other'));
    expect(again.every(({ result }) => result === 'kept')).toBe(true);
  });

  test('touches nothing when anything else has one of the names', ({ dir, script }) => {
    writeFileSync(join(dir, 'sbin/virtvi'), 'mine');
    symlinkSync('/nowhere', join(dir, 'sbin/virtpico'));
    const error = { code: 'PATH_TAKEN', why: expect.stringContaining('virtvi virtpico') };
    expect(() => putLinks(script, undefined)).toThrow(expect.objectContaining(error));
    expect(readdirSync(join(dir, 'sbin')).sort()).toEqual(['virtexec', 'virtpico', 'virtvi']);
  });

  test('names a folder that is not there', ({ dir, script }) => {
    expect(() => putLinks(script, join(dir, 'none'))).toThrow(
      expect.objectContaining({ code: 'PATH_MISSING' }),
    );
    expect(readdirSync(dir)).toEqual(['sbin']);
  });
});

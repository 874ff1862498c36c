import { describe, expect, test } from 'vitest';
import type { Entry } from '../../../src/manifest/entry.ts';
import type { Plan, SectionName } from '../../../src/manifest/plan.ts';
import { treePath } from '../../../src/manifest/tree-path.ts';
import { assemblePlan, entriesOf } from '../../../src/plan/assemble-plan.ts';

describe('assemblePlan', () => {
  test('lets the domain’s own file win over the layer’s', () => {
    const plan = assemblePlan(
      [section('programs', file('etc/x', 'layer'))],
      [section('accounts', file('etc/x', 'own'))],
      [],
    );
    expect(all(plan)).toMatchObject([{ path: 'etc/x', why: 'own' }]);
    expect(plan.layer.flatMap(({ entries }) => entries)).toEqual([]);
  });

  test('leaves a plain folder of both in the layer, and lets the own one win where it is special', () => {
    const layer = [section('directories', dir('var'), dir('var/mail'))];
    const own = [section('accounts', dir('var', 0o755, 'own'), dir('var/mail', 0o2775, 'own'))];
    expect(all(assemblePlan(layer, own, []))).toMatchObject([
      { path: 'var', why: 'x' },
      { path: 'var/mail', mode: 0o2775, why: 'own' },
    ]);
  });

  test('keeps what is planned for a folder that is also on the way to something', () => {
    const own = [
      section('accounts', dir('var/www'), dir('var/www/html'), dir('var/www/html/stats')),
      section('web', dir('var/www', 0o755, 'web', 7), dir('var/www/html', 0o2775, 'web', 7)),
    ];
    const plan = assemblePlan([section('directories', dir('var'))], own, []);
    expect(all(plan)).toMatchObject([
      { path: 'var' },
      { path: 'var/www', why: 'web', owner: { uid: 7 } },
      { path: 'var/www/html', why: 'web', mode: 0o2775 },
      { path: 'var/www/html/stats' },
    ]);
  });

  test('lays web folders in their own section where nothing else needs them earlier', () => {
    const plan = assemblePlan([], [section('web', dir('var/www', 0o755, 'web', 7))], []);
    expect(entriesOf(plan, 'web').map(({ path }) => path)).toEqual(['var/www']);
    expect(entriesOf(plan, 'directories')).toEqual([]);
  });

  test('makes own folders with the layer’s, each before what it holds', () => {
    const plan = assemblePlan(
      [section('directories', dir('home'), dir('home/a'), dir('a'))],
      [section('accounts', file('home/a/admin/.profile'), dir('home/a/admin', 0o750))],
      [],
    );
    expect(entriesOf(plan, 'directories').map(({ path }) => path)).toEqual([
      'a',
      'home',
      'home/a',
      'home/a/admin',
    ]);
    expect(entriesOf(plan, 'accounts').map(({ path }) => path)).toEqual(['home/a/admin/.profile']);
  });

  test('has each path once, the first of equals, and keeps the notices', () => {
    const own = [section('accounts', file('etc/x', 'first'), file('etc/x', 'second'))];
    const plan = assemblePlan([section('programs', file('usr/x', 'first'), file('usr/x', 'second'))], own, [
      'a',
    ]);
    expect(all(plan).map(({ path, why }) => `${path} ${why}`)).toEqual(['usr/x first', 'etc/x first']);
    expect(plan.notices).toEqual(['a']);
  });
});

function all(plan: Plan): readonly Entry[] {
  const names: readonly SectionName[] = ['directories', 'programs', 'accounts', 'devices', 'web'];
  return names.flatMap((name) => entriesOf(plan, name));
}

function section(name: SectionName, ...entries: readonly Entry[]) {
  return { name, entries };
}

function dir(path: string, mode = 0o755, why = 'x', uid = 0): Entry {
  return { type: 'dir', path: treePath(path), mode, owner: { uid, gid: 0 }, why };
}

function file(path: string, why = 'x'): Entry {
  return {
    type: 'file',
    path: treePath(path),
    mode: 0o644,
    owner: { uid: 0, gid: 0 },
    source: { text: '' },
    shared: false,
    why,
  };
}

import { describe, expect, test } from 'vitest';
import { describeChoices } from '../../../../src/cli/virtexec/choose-domain.ts';
import { parseDomainName } from '../../../../src/domain/domain-name.ts';

const [foo, old, idn] = ['foo.example', 'old.example', 'bücher.example'].map(parseDomainName) as never[];

describe('describeChoices', () => {
  test('shows aliases with their domain, and names as people write them', () => {
    const lists = [
      { root: '/virtual', domains: [foo, idn] as never, aliases: [{ name: old, domain: foo }] as never },
    ];
    expect(describeChoices(lists).map(({ name }) => name)).toEqual([
      'foo.example',
      'old.example -> foo.example',
      'xn--bcher-kva.example (bücher.example)',
    ]);
    expect(describeChoices(lists)[1]?.value).toMatchObject({ root: '/virtual', domain: foo });
  });

  test('names the root where several hold trees', () => {
    const lists = ['/a', '/b', '/empty'].map((root) => ({
      root,
      domains: root === '/empty' ? [] : [foo],
      aliases: [],
    }));
    expect(describeChoices(lists as never).map(({ name }) => name)).toEqual([
      'foo.example  in /a',
      'foo.example  in /b',
    ]);
  });
});

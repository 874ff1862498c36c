import { describe, expect, test } from 'vitest';
import { etcFile } from '../../../src/plan/etc-file.ts';
import { findDomainName } from '../../../src/plan/find-foreign-name.ts';
import { leaveOutDomains } from '../../../src/plan/leave-out-domains.ts';

const domains = new Set(['one.example', 'two.example.org']);

describe('findDomainName', () => {
  test.each([
    ['mail for one.example goes here', 'one.example'],
    ['MAIL FOR One.Example', 'one.example'],
    ['www.one.example.', 'one.example'],
    ['user@host.two.example.org:25', 'two.example.org'],
    ['10.0.0.1 one.example', 'one.example'],
  ])('finds %j', (text, name) => {
    expect(findDomainName(text, domains)).toBe(name);
  });

  test.each(['someone.example', 'one.examples', 'example.org', 'two.example', 'one example', ''])(
    'finds nothing in %j',
    (text) => {
      expect(findDomainName(text, domains)).toBeUndefined();
    },
  );

  test('ends soon on a text that is one endless name', () => {
    expect(findDomainName('a.'.repeat(200_000), domains)).toBeUndefined();
  });
});

describe('leaveOutDomains', () => {
  test('leaves out the files that name another domain, and says so', () => {
    const kept = etcFile('services', 'smtp 25/tcp\n', 'names of ports');
    const named = etcFile('inputrc', '# of www.one.example\n', 'keys');
    const { entries, notices } = leaveOutDomains([kept, named], domains);
    expect(entries).toEqual([kept]);
    expect(notices).toEqual(['/etc/inputrc is left out: it names one.example']);
  });
});

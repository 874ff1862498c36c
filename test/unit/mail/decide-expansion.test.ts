import { describe, expect, it } from 'vitest';
import { decideRecipient } from '../../../src/mail/decide-recipient.ts';
import { mailHosts, placesOf, textOf } from '../../support/mail-hosts.ts';

describe('decideRecipient', () => {
  describe('with aliases', () => {
    it('follows them to mailboxes, each once, and to other hosts', () => {
      const aliases =
        'all: bob, carl, more\nmore: carl, Anna <anna@far.org>, anna@far.org, eve@sub.example.org, bob@other.org\n';
      const hosts = { 'example.org': { aliases }, 'other.org': {} };
      // A host below a domain of ours may be another's.
      expect(placesOf('all@example.org', hosts)).toEqual([
        'bob',
        'carl',
        'bob',
        '-> anna@far.org',
        '-> eve@sub.example.org',
      ]);
    });

    it('lets programs, files and lists in files not count, and says so', () => {
      const aliases = 'x: |/bin/id, /etc/cron.d/x, :include:/etc/shadow, bob\ny: "|/bin/id"\nbob: |/bin/id\n';
      const host = { 'example.org': { aliases } };
      expect(placesOf('x@example.org', host)).toEqual(['bob']);
      expect(placesOf('y@example.org', host)).toEqual(['5.1.1 refused']);
      expect(textOf('x@example.org', host)).toContain(
        'etc/aliases sends x@example.org to |/bin/id, which does not count: it is a program',
      );
    });

    it.each([
      ['a: a\n', ['5.4.6 refused']],
      ['a: b\nb: a\n', ['5.4.6 refused']],
      ['a: b\nb: c\nc: a, carl\n', ['carl']],
      ['bob: bob, carl\n', ['bob', 'carl']],
      ['bob: carl\ncarl: bob\n', ['bob']],
      ['bob: \\bob, carl\n', ['bob', 'carl']],
      ['a: bob@example.org, a@example.org\n', ['bob']],
    ])('cuts circles: %j', (aliases, places) => {
      const name = aliases.startsWith('bob') ? 'bob' : 'a';
      expect(placesOf(`${name}@example.org`, { 'example.org': { aliases } })).toEqual(places);
    });

    it('lets mail wait that is led too far, or to too many', () => {
      const deep = Array.from({ length: 30 }, (_, at) => `a${at}: a${at + 1}`).join('\n');
      expect(placesOf('a25@example.org', { 'example.org': { aliases: `${deep}\na30: bob\n` } })).toEqual([
        'bob',
      ]);
      expect(placesOf('a0@example.org', { 'example.org': { aliases: deep } })).toEqual(['4.3.5 later']);
      const wide = Array.from({ length: 1000 }, (_, at) => `u${at}@far.org`).join(',');
      expect(placesOf('w@example.org', { 'example.org': { aliases: `w: ${wide}\n` } })).toEqual([
        '4.3.5 later',
      ]);
      const bomb = Array.from(
        { length: 10 },
        (_, at) => `b${at}: ${`b${at + 1}, `.repeat(99)} c${at}@far.org`,
      ).join('\n');
      expect(placesOf('b0@example.org', { 'example.org': { aliases: bomb } }).length).toBeLessThan(20);
    });

    it('leaves out who refuses, and waits for who cannot for now', () => {
      const gone = { 'example.org': { aliases: 'a: nobody2, bob\n' } };
      expect(placesOf('a@example.org', gone)).toEqual(['bob']);
      const later = {
        'example.org': { aliases: 'a: carl, bob\n', homes: { '/home/carl': 'missing' as const } },
      };
      expect(placesOf('a@example.org', later)).toEqual(['4.3.5 later']);
    });

    it('lets mail wait while the file cannot be read, and tells only the log why', () => {
      const view = mailHosts({ 'example.org': { broken: 'it is a link' } });
      const { result } = decideRecipient('bob@example.org', view);
      expect(result).toMatchObject({ type: 'later', why: 'this address cannot be served for now' });
    });
  });

  describe('with .forward', () => {
    const forward = (text: string) => ({ 'example.org': { homes: { '/home/bob': { forward: text } } } });

    it.each([
      ['carl', ['carl']],
      ['bob, carl', ['bob', 'carl']],
      ['\\bob\nanna@far.org', ['bob', '-> anna@far.org']],
      ['bob@example.org, anna@far.org', ['bob', '-> anna@far.org']],
      ['', ['bob']],
      ['"|/usr/bin/vacation bob", /tmp/x', ['bob']],
      ['nobody2', ['bob']],
    ])('sends it as %j says', (text, places) => {
      expect(placesOf('bob@example.org', forward(text))).toEqual(places);
    });

    it('is not asked for a name behind a backslash', () => {
      const hosts = { 'example.org': { ...forward('carl')['example.org'], aliases: 'all: bob, \\bob\n' } };
      expect(placesOf('all@example.org', hosts)).toEqual(['carl', 'bob']);
    });

    it('keeps two who forward to each other from losing it', () => {
      const homes = { '/home/bob': { forward: 'carl' }, '/home/carl': { forward: 'bob' } };
      expect(placesOf('bob@example.org', { 'example.org': { homes } })).toEqual(['bob']);
    });

    it('delivers to the user himself, and says why, where it does not count', () => {
      const host = { 'example.org': { homes: { '/home/bob': { forwardFault: 'it belongs to user 0' } } } };
      expect(placesOf('bob@example.org', host)).toEqual(['bob']);
      expect(textOf('bob@example.org', host)).toContain('does not count: it belongs to user 0');
    });
  });
});

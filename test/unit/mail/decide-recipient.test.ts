import { describe, expect, it } from 'vitest';
import { decideRecipient } from '../../../src/mail/decide-recipient.ts';
import { type MailHost, mailHosts, placesOf, textOf } from '../../support/mail-hosts.ts';

describe('decideRecipient', () => {
  it('finds the account in the tree of the domain', () => {
    expect(decide('bob@example.org').result).toEqual({
      type: 'mailboxes',
      recipients: [
        {
          address: 'bob@example.org',
          mailbox: {
            root: '/virtual',
            domain: 'example.org',
            user: 'bob',
            uid: 200_002,
            gid: 200_002,
            groups: [],
            home: '/home/bob',
            folder: undefined,
            quota: undefined,
          },
        },
      ],
      forwards: [],
    });
  });

  it('drops labels until a domain is found, and follows aliases of domains', () => {
    const hosts = { 'example.org': {}, 'example.net': { aliasOf: 'example.org' } };
    expect(placesOf('bob@a.mail.example.org', hosts)).toEqual(['bob']);
    expect(placesOf('bob@mail.example.net', hosts)).toEqual(['bob']);
    expect(placesOf('bob@example.com', hosts)).toEqual(['5.1.2 refused']);
    expect(placesOf('bob@ex\u0430mple.org', hosts)).toEqual(['5.1.2 refused']);
  });

  it.each([
    ['BOB@EXAMPLE.ORG', ['bob']],
    ['Bob@example.org', ['bob']],
    ['dora@example.org', ['Dora']],
    ['DORA@example.org', ['Dora']],
    ['b\u043eb@example.org', ['5.1.1 refused']],
    ['\u212aarl@example.org', ['5.1.1 refused']],
    ['200002@example.org', ['5.1.1 refused']],
  ])('knows %s as %j', (address, places) => {
    const users = ['bob:200002', 'Dora:200003', 'karl:200004'];
    expect(placesOf(address, { 'example.org': { users } })).toEqual(places);
  });

  it.each([
    'a/b@example.org',
    'bob\0@example.org',
    '..@example.org',
    `${'x'.repeat(10_240)}@example.org`,
    'bob@.',
    'bob@',
    'bob@x.',
  ])('refuses %j for good, whatever catches all', (address) => {
    expect(placesOf(address, { 'example.org': { settings: { catchAll: 'bob' } } })[0]).toMatch(/refused$/u);
  });

  it.each(['bob:0:200002', 'bob:200002:0', 'bob:1000', 'bob:210000', 'bob:200002:199999'])(
    'lets the message wait for an account that is not the domain’s: %s',
    (user) => {
      const { result } = decide('bob@example.org', { users: [user], settings: { catchAll: 'carl' } });
      expect(result).toMatchObject({
        type: 'later',
        status: '4.3.5',
        why: 'this address cannot be served for now',
      });
    },
  );

  it('lets the message wait for groups that are not the domain’s, or too many', () => {
    expect(placesOf('bob@example.org', { 'example.org': { group: 'adm:x:1000:bob\n' } })).toEqual([
      '4.3.5 later',
    ]);
    expect(placesOf('bob@example.org', { 'example.org': { group: 'root:x:0:carl,bob\n' } })).toEqual([
      '4.3.5 later',
    ]);
    const group = Array.from({ length: 1001 }, (_, at) => `g${at}:x:${200_000 + at}:bob`).join('\n');
    expect(placesOf('bob@example.org', { 'example.org': { group } })).toEqual(['4.3.5 later']);
  });

  it('gives a system account a mailbox only in a home of its own', () => {
    const users = ['www-data:33:33:/var/www', 'bob:200002'];
    const own = { users, homes: { '/var/www': { isOwn: true } } };
    const notOwn = { users, homes: { '/var/www': { isOwn: false } }, settings: { catchAll: 'bob' } };
    expect(placesOf('www-data@example.org', { 'example.org': own })).toEqual(['www-data']);
    expect(placesOf('www-data@example.org', { 'example.org': notOwn })).toEqual(['5.1.1 refused']);
  });

  it('gives root’s and postmaster’s mail to the administrator, where nothing else is said', () => {
    const users = ['root:0:0:/root', 'admin:200001', 'bob:200002'];
    const plain = { 'example.org': { users } };
    expect(placesOf('root@example.org', plain)).toEqual(['admin']);
    expect(placesOf('Postmaster@example.org', plain)).toEqual(['admin']);
    const told = { 'example.org': { users, aliases: 'root: bob\npostmaster: root\n' } };
    expect(placesOf('postmaster@example.org', told)).toEqual(['bob']);
    const byHand = { 'example.org': { users, admin: undefined } };
    expect(placesOf('root@example.org', byHand)).toEqual(['4.3.5 later']);
  });

  describe('with user+detail', () => {
    const settings = { detail: '+' } as const;

    it('finds the folder where it is, and the inbox where it is not', () => {
      const host = { 'example.org': { settings, folders: ['.list', '.Work.a'] } };
      expect(placesOf('bob+list@example.org', host)).toEqual(['bob/.list']);
      expect(placesOf('bob+LIST@example.org', host)).toEqual(['bob/.list']);
      expect(placesOf('bob+Work.a@example.org', host)).toEqual(['bob/.Work.a']);
      expect(placesOf('bob+other@example.org', host)).toEqual(['bob']);
      expect(placesOf('bob+@example.org', host)).toEqual(['bob']);
    });

    it('asks for no folder that is not one step below the mailbox', () => {
      const folders = ['..', '...', '.', './x', '..x'];
      for (const detail of ['.', '..', '.x', '=./x'])
        expect(
          placesOf(`"bob+${detail}"@example.org`, { 'example.org': { settings, folders } })[0],
        ).not.toContain('/');
    });

    it('prefers who is called so', () => {
      const users = ['bob:200002', 'bob+list:200003'];
      expect(placesOf('bob+list@example.org', { 'example.org': { settings, users } })).toEqual(['bob+list']);
      const aliases = 'bob+list: carl\n';
      expect(placesOf('bob+list@example.org', { 'example.org': { settings, aliases } })).toEqual(['carl']);
    });

    it('expands an alias with a detail', () => {
      expect(
        placesOf('info+x@example.org', { 'example.org': { settings, aliases: 'info: carl\n' } }),
      ).toEqual(['carl']);
    });

    it('is not done unless set', () => {
      expect(placesOf('bob+list@example.org', { 'example.org': {} })).toEqual(['5.1.1 refused']);
    });
  });

  describe('with a catch-all', () => {
    const settings = { catchAll: 'carl' };

    it('gives it what is for nobody, and once only', () => {
      expect(placesOf('nobody2@example.org', { 'example.org': { settings } })).toEqual(['carl']);
      expect(
        placesOf('x@example.org', { 'example.org': { settings: { catchAll: 'all@other.org' } } }),
      ).toEqual(['-> all@other.org']);
    });

    it.each([
      ['with a home that is gone', { homes: { '/home/bob': 'missing' as const } }, '4.3.5 later'],
      ['who is refused', { settings: { ...settings, refuse: ['bob'] } }, '5.7.1 refused'],
      ['whose mailbox is full', { homes: { '/home/bob': { isOver: true } } }, '4.2.2 later'],
    ])('never gives it the mail of a user %s', (_, host, place) => {
      expect(placesOf('bob@example.org', { 'example.org': { settings, ...host } })).toEqual([place]);
      expect(placesOf('BOB@example.org', { 'example.org': { settings, ...host } })).toEqual([place]);
    });

    it('lets mail wait when who should get it is gone', () => {
      const users = ['bob:200002'];
      expect(placesOf('x@example.org', { 'example.org': { users, settings } })).toEqual(['4.3.5 later']);
      expect(
        placesOf('x@example.org', { 'example.org': { users, settings, aliases: 'carl: dora\n' } }),
      ).toEqual(['4.3.5 later']);
    });
  });

  it('refuses names to the outside, and not to aliases of the domain', () => {
    const hosts = {
      'example.org': { settings: { refuse: ['bob'], detail: '+' as const }, aliases: 'sales: bob\n' },
      'other.org': { aliases: 'x: bob@example.org\n' },
    };
    expect(placesOf('Bob@example.org', hosts)).toEqual(['5.7.1 refused']);
    expect(placesOf('bob+list@example.org', hosts)).toEqual(['5.7.1 refused']);
    expect(placesOf('sales@example.org', hosts)).toEqual(['bob']);
    expect(placesOf('x@other.org', hosts)).toEqual(['5.7.1 refused']);
  });

  it('tells of a full mailbox as the domain has set it', () => {
    const homes = { '/home/bob': { isOver: true } };
    const quota = (over: 'hard' | 'soft') => ({
      'example.org': { homes, settings: { quota: { bytes: 1, over } } },
    });
    expect(placesOf('bob@example.org', quota('hard'))).toEqual(['5.2.2 refused']);
    expect(placesOf('bob@example.org', quota('soft'))).toEqual(['4.2.2 later']);
  });

  it('does not take its own mistakes for a domain’s', () => {
    const view = {
      findDomain: () => {
        throw new TypeError('mistake');
      },
    };
    expect(() => decideRecipient('bob@example.org', view)).toThrow(TypeError);
  });

  it('says nothing that a terminal or a log line would obey', () => {
    const users = ['bob:200002:200002:/home/\u202ebob'];
    const text = textOf('bob@example.org', { 'example.org': { users, aliases: 'bob: |\u001b[2J, bob\n' } });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/u);
  });
});

function decide(address: string, host: MailHost = {}) {
  return decideRecipient(address, mailHosts({ 'example.org': host }));
}

import { describe, expect, test } from 'vitest';
import { describePeer, whyNotPeer } from '../../../src/mail/decide-peer.ts';
import { describeDelivery, type LoggedDelivery, severityOf } from '../../../src/mail/mail-log.ts';

const delivery: LoggedDelivery = {
  id: 'ABC',
  sender: '',
  address: 'bob@a.example',
  target: 'bob@a.example',
  size: 12,
  seconds: 0.0123,
  peer: 'uid 0 pid 7',
  result: { type: 'delivered', path: 'Maildir/new/x' },
};

describe('The log of mail', () => {
  test('has one line of a delivery, without control characters', () => {
    expect(describeDelivery(delivery)).toBe(
      'ABC: to=<bob@a.example>, from=<>, for=bob@a.example, size=12, time=0.012, client=uid 0 pid 7, delivered (Maildir/new/x)',
    );
    const result = { type: 'refused', status: '5.2.2', why: 'full\nof it' } as const;
    expect(describeDelivery({ ...delivery, sender: 'a\n\u202eb@c', result })).toBe(
      'ABC: to=<bob@a.example>, from=<a\\x0a\\u{202e}b@c>, for=bob@a.example, size=12, time=0.012, client=uid 0 pid 7, refused (5.2.2, full\\x0aof it)',
    );
    expect(severityOf(result)).toBe('notice');
  });
});

describe('whyNotPeer', () => {
  test('trusts root, those it is told to, and who comes by a loopback address', () => {
    const trusted = new Set([101]);
    expect(whyNotPeer({ type: 'unix', pid: 1, uid: 0 }, trusted)).toBeUndefined();
    expect(whyNotPeer({ type: 'unix', pid: 1, uid: 101 }, trusted)).toBeUndefined();
    expect(whyNotPeer({ type: 'ip', address: '127.0.0.1', port: 9 }, trusted)).toBeUndefined();
    expect(whyNotPeer({ type: 'unix', pid: 1, uid: 102 }, trusted)).toContain('102');
    expect(describePeer({ type: 'unix', pid: 7, uid: 102 })).toBe('uid 102 pid 7');
  });
});

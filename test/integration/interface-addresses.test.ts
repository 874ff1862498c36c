import { execFileSync } from 'node:child_process';
import { describe, expect } from 'vitest';
import { parseIpAddress } from '../../src/domain/ip-address.ts';
import { readRecord } from '../../src/host/read-records.ts';
import { type AddressesRequest, addAddresses, removeAddresses } from '../../src/pipeline/change-addresses.ts';
import { codeOf, ip1, makeOne, one } from '../support/change-one.ts';
import { needs } from '../support/needs.ts';
import { create } from '../support/run-create.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

/** These tests run in a network of their own: nobody else sees what lo gets. */
const four = parseIpAddress('192.0.2.77');
const six = parseIpAddress('2001:db8::77');

describe.runIf(needs('root', { program: 'ip' }))('addAddresses', () => {
  sandboxTest('gives the interface what it lacks, then the record', async ({ sandbox }) => {
    await makeOne(sandbox, { addresses: [ip1] });
    const added = await addAddresses(requestFor(sandbox, { addresses: [ip1, four, six] }));
    expect(added).toMatchObject({ isChanged: true, onInterface: ['192.0.2.77/32', '2001:db8::77/128'] });
    expect(onLo()).toEqual(expect.arrayContaining(['192.0.2.77/32', '2001:db8::77/128']));
    expect((await readRecord(sandbox.root, one))?.addresses).toEqual([ip1, four, six]);
    const again = await addAddresses(requestFor(sandbox, { addresses: [four, six] }));
    expect(again).toMatchObject({ isChanged: false, onInterface: [] });
    const removed = await removeAddresses(requestFor(sandbox, { addresses: [four, six] }));
    expect(removed).toMatchObject({ onInterface: ['192.0.2.77/32', '2001:db8::77/128'], problems: [] });
    expect(onLo()).not.toContain('192.0.2.77/32');
  });

  sandboxTest(
    'leaves the record as it is when the interface refuses, and says what it has',
    async ({ sandbox }) => {
      await makeOne(sandbox);
      // An address of many is none an interface can have.
      const addresses = [four, parseIpAddress('ff02::77')];
      await expect(addAddresses(requestFor(sandbox, { addresses }))).rejects.toMatchObject({
        code: 'INTERFACE_FAILED',
        why: expect.stringMatching(/.; before that, lo was given 192\.0\.2\.77\/32$/u),
      });
      expect((await readRecord(sandbox.root, one))?.addresses).toEqual([]);
      await removeAddresses(requestFor(sandbox, { addresses: [four] }));
    },
  );

  sandboxTest('asks nothing of the interface for an address another domain has', async ({ sandbox }) => {
    await makeOne(sandbox);
    await create({ settings: sandbox.settings, domains: ['two.org'], addresses: [four] });
    expect(await codeOf(addAddresses(requestFor(sandbox, { addresses: [four] })))).toBe('ADDRESS_TAKEN');
    expect(onLo()).not.toContain('192.0.2.77/32');
  });

  sandboxTest.for(['eth99', '-j', '', '..', 'lo/../lo', 'a b', 'far-too-long-a-name'])(
    'refuses the interface %j, which is not there',
    async (name, { sandbox }) => {
      await makeOne(sandbox);
      const request = requestFor(sandbox, { addresses: [four], interface: name });
      expect(await codeOf(addAddresses(request))).toBe('INTERFACE_MISSING');
      expect((await readRecord(sandbox.root, one))?.addresses).toEqual([]);
    },
  );
});

describe.runIf(needs('root', { program: 'ip' }))('removeAddresses', () => {
  sandboxTest('leaves the interface an address with the prefix of a network', async ({ sandbox }) => {
    execFileSync('ip', ['address', 'add', '198.51.100.7/24', 'dev', 'lo']);
    const address = parseIpAddress('198.51.100.7');
    await makeOne(sandbox, { addresses: [address] });
    const removed = await removeAddresses(requestFor(sandbox, { addresses: [address] }));
    expect(removed.problems).toEqual([expect.stringContaining('the prefix of a whole network')]);
    expect(onLo()).toContain('198.51.100.7/24');
    expect((await readRecord(sandbox.root, one))?.addresses).toEqual([]);
  });

  sandboxTest('takes nothing from the interface that another domain has', async ({ sandbox }) => {
    await makeOne(sandbox);
    await create({ settings: sandbox.settings, domains: ['two.org'], addresses: [ip1] });
    expect(await codeOf(removeAddresses(requestFor(sandbox, { addresses: [ip1] })))).toBe('ADDRESS_TAKEN');
    expect(onLo()).toContain('192.0.2.1/32');
  });

  sandboxTest('takes from the interface what the record has no more', async ({ sandbox }) => {
    execFileSync('ip', ['address', 'add', '192.0.2.77/32', 'dev', 'lo']);
    await makeOne(sandbox);
    const removed = await removeAddresses(requestFor(sandbox, { addresses: [four] }));
    expect(removed).toMatchObject({ isChanged: true, onInterface: ['192.0.2.77/32'] });
    expect(onLo()).not.toContain('192.0.2.77/32');
  });
});

function requestFor(
  { settings, root }: Sandbox,
  words: Pick<AddressesRequest, 'addresses' | 'interface'>,
): AddressesRequest {
  const { signal } = new AbortController();
  return { settings, root, domain: one, interface: 'lo', signal, onWait: () => {}, ...words };
}

function onLo(): readonly string[] {
  const text = execFileSync('ip', ['-oneline', 'address', 'show', 'dev', 'lo'], { encoding: 'utf8' });
  return [...text.matchAll(/inet6? (\S+)/gu)].map((match) => match[1] ?? '');
}

import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { curl } from '../../support/curl.ts';
import { expectSettled } from '../../support/expect-settled.ts';
import { needs } from '../../support/needs.ts';
import { outOf } from '../../support/sandbox.ts';
import { makeTwoBobs, type TwoBobs } from '../../support/two-bobs.ts';

const wanted = ['tcpd', 'busybox', 'curl'].map((program) => ({ program }));

describe.runIf(needs('root', ...wanted))('tcpd in trees of the profile tcpd', () => {
  let bobs: TwoBobs;

  beforeAll(async () => {
    bobs = await makeTwoBobs('http,tcpd');
    for (const { domain, tree } of bobs.places)
      writeFileSync(join(tree, 'var/www/html/index.html'), `${domain}\n`);
    const server = ['/bin/busybox', 'httpd', '-i', '-h', '/var/www/html'];
    await bobs.serve(80, ['/usr/sbin/tcpd', ...server], ['--user', 'www-data']);
  });
  afterAll(async () => await bobs[Symbol.asyncDispose]());

  test('lets everybody in as long as a domain says nothing', async () => {
    for (const { domain, address } of bobs.places)
      expect(outOf(await curl([`http://${address}/`]))).toBe(domain);
  });

  test('goes by the rules of the domain the client came to, and by the name of the server behind it', async () => {
    const [a, b] = bobs.places;
    appendFileSync(join(a.tree, 'etc/hosts.allow'), 'busybox: 127.0.0.1\n');
    for (const { tree } of bobs.places) appendFileSync(join(tree, 'etc/hosts.deny'), 'ALL: 127.0.0.1\n');
    const from = ['--interface', '127.0.0.1'];
    expect(outOf(await curl([...from, `http://${a.address}/`]))).toBe(a.domain);
    const { status, out } = await curl([...from, `http://${b.address}/`]);
    expect([status, out]).toEqual([expect.toSatisfy((each) => each === 52 || each === 56), '']);
    expect(outOf(await curl(['--interface', '127.0.0.2', `http://${b.address}/`]))).toBe(b.domain);
  });

  test('needs nothing that an update or a check would complain of', async () => {
    await expectSettled(bobs.sandbox);
  });
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { curl } from '../../support/curl.ts';
import { expectSettled } from '../../support/expect-settled.ts';
import { needs } from '../../support/needs.ts';
import { outOf } from '../../support/sandbox.ts';
import { makeTwoBobs, type TwoBobs } from '../../support/two-bobs.ts';

const wanted = ['busybox', 'curl'].map((program) => ({ program }));

describe.runIf(needs('root', ...wanted))('busybox httpd in trees of the profile http', () => {
  let bobs: TwoBobs;

  beforeAll(async () => {
    bobs = await makeTwoBobs('http');
    for (const { domain, tree } of bobs.places) {
      writeFileSync(join(tree, 'var/www/html/index.html'), `<p>${domain}</p>\n`);
      const programs = join(tree, 'var/www/html/cgi-bin');
      mkdirSync(programs);
      const script = ['#!/bin/sh', 'echo Content-Type: text/plain', 'echo', 'id -un', 'hostname'];
      writeFileSync(join(programs, 'who'), `${script.join('\n')}\n`, { mode: 0o755 });
    }
    await bobs.serve(80, ['busybox', 'httpd', '-i', '-h', '/var/www/html'], ['--user', 'www-data']);
  });
  afterAll(async () => await bobs[Symbol.asyncDispose]());

  test('gives each domain its own pages', async () => {
    for (const { domain, address } of bobs.places) {
      expect(outOf(await curl([`http://${address}/`]))).toBe(`<p>${domain}</p>`);
    }
  });

  test('gives nothing from outside of the pages', async () => {
    const [{ address }] = bobs.places;
    for (const path of ['../../../etc/passwd', '%2e%2e/%2e%2e/%2e%2e/etc/passwd']) {
      const { out } = await curl(['--path-as-is', `http://${address}/${path}`]);
      expect(out).not.toContain('root:');
    }
  });

  test('runs a program of the domain as the user it is given, in the domain', async () => {
    for (const { domain, address } of bobs.places) {
      expect(outOf(await curl([`http://${address}/cgi-bin/who`]))).toBe(`www-data\n${domain}`);
    }
  });

  test('needs nothing that an update or a check would complain of', async () => {
    await expectSettled(bobs.sandbox);
  });
});

import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { readRecord } from '../../src/host/read-records.ts';
import {
  addAddresses,
  confLine,
  confOf,
  ip1,
  ip2,
  makeOne,
  one,
  putConf,
  removeAddresses,
  removeAliases,
} from '../support/change-one.ts';
import { needs } from '../support/needs.ts';
import { sandboxTest } from '../support/trees-root.ts';

describe.runIf(needs('root'))('changeRecord', () => {
  sandboxTest(
    'gives a new address a line where the domain has lines, and nowhere else',
    async ({ sandbox }) => {
      await makeOne(sandbox, { addresses: [ip1] });
      const other = '# caf\xe9 \xff\n192.0.2.9 /elsewhere\n';
      putConf(sandbox, 'conf.ftp', `# caf\xe9 \xff\n${confLine(sandbox, ip1)}nonsense`);
      putConf(sandbox, 'conf.pop', other);
      putConf(sandbox, 'conf.ftp~', confLine(sandbox, ip1));
      const changed = await addAddresses(sandbox, ip2);
      expect(changed).toMatchObject({ confFiles: ['conf.ftp'], problems: [] });
      expect(changed.notices).toEqual([
        "conf.ftp, line 3, is left as it is: 'nonsense' has no directory behind it",
      ]);
      expect(confOf(sandbox, 'conf.ftp')).toBe(
        `# caf\xe9 \xff\n${confLine(sandbox, ip1)}${confLine(sandbox, ip2)}nonsense`,
      );
      expect(confOf(sandbox, 'conf.pop')).toBe(other);
      expect(confOf(sandbox, 'conf.ftp~')).toBe(confLine(sandbox, ip1));
      expect(lstatSync(join(sandbox.root, 'conf.ftp')).mode & 0o777).toBe(0o640);
    },
  );

  sandboxTest(
    'takes the line of a removed address away, and says when it was the last',
    async ({ sandbox }) => {
      await makeOne(sandbox, { addresses: [ip1, ip2], aliases: ['www.one.org'] });
      putConf(sandbox, 'conf.ftp', confLine(sandbox, ip1) + confLine(sandbox, ip2));
      putConf(sandbox, 'conf.pop', `${ip1}\t${sandbox.root}/www.one.org/\ndefault /elsewhere\n`);
      const changed = await removeAddresses(sandbox, ip1);
      expect(changed).toMatchObject({ confFiles: ['conf.ftp', 'conf.pop'], removed: { addresses: [ip1] } });
      expect(changed.notices).toEqual(['conf.pop has no line for one.org any more']);
      expect(confOf(sandbox, 'conf.ftp')).toBe(confLine(sandbox, ip2));
      expect(confOf(sandbox, 'conf.pop')).toBe('default /elsewhere\n');
    },
  );

  sandboxTest('completes a removal whose record was written and whose line was not', async ({ sandbox }) => {
    await makeOne(sandbox);
    putConf(sandbox, 'conf.ftp', confLine(sandbox, ip1) + confLine(sandbox, ip2));
    expect(await removeAddresses(sandbox, ip1)).toMatchObject({ isChanged: true, confFiles: ['conf.ftp'] });
    expect(confOf(sandbox, 'conf.ftp')).toBe(confLine(sandbox, ip2));
  });

  sandboxTest('names the tree by its own name where a line had the removed alias', async ({ sandbox }) => {
    await makeOne(sandbox, { aliases: ['www.one.org'] });
    putConf(sandbox, 'conf.ftp', `${ip1}\t${sandbox.root}/www.one.org # x\n`);
    await removeAliases(sandbox, 'www.one.org');
    expect(confOf(sandbox, 'conf.ftp')).toBe(`${ip1}\t${sandbox.root}/one.org # x\n`);
  });

  sandboxTest('reports an address that a file gives to another directory', async ({ sandbox }) => {
    await makeOne(sandbox, { addresses: [ip1] });
    const text = `${confLine(sandbox, ip1)}${ip2} /elsewhere\n`;
    putConf(sandbox, 'conf.ftp', text);
    const changed = await addAddresses(sandbox, ip2);
    expect(changed.problems).toEqual([
      expect.stringContaining('conf.ftp gives 192.0.2.2 to another directory'),
    ]);
    expect(confOf(sandbox, 'conf.ftp')).toBe(text);
    expect((await readRecord(sandbox.root, one))?.addresses).toEqual([ip1, ip2]);
  });

  sandboxTest('leaves alone a conf file that is a link, or that others may write', async ({ sandbox }) => {
    await makeOne(sandbox, { addresses: [ip1] });
    const line = confLine(sandbox, ip1);
    writeFileSync(join(sandbox.base, 'outside'), line);
    symlinkSync(join(sandbox.base, 'outside'), join(sandbox.root, 'conf.ftp'));
    putConf(sandbox, 'conf.pop', line);
    chmodSync(join(sandbox.root, 'conf.pop'), 0o666);
    putConf(sandbox, 'conf.smtp', line);
    chownSync(join(sandbox.root, 'conf.smtp'), 65_534, 0);
    mkdirSync(join(sandbox.root, 'conf.org'));
    const changed = await addAddresses(sandbox, ip2);
    expect(changed.confFiles).toEqual([]);
    expect(changed.problems.map((problem) => problem.slice(0, 9))).toEqual([
      'conf.ftp ',
      'conf.pop ',
      'conf.smtp',
    ]);
    expect(readFileSync(join(sandbox.base, 'outside'), 'utf8')).toBe(line);
    expect(confOf(sandbox, 'conf.pop')).toBe(line);
    expect(confOf(sandbox, 'conf.smtp')).toBe(line);
  });
});

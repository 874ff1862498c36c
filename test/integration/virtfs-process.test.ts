import { type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { version } from '../../src/cli/version.ts';

const script = join(import.meta.dirname, '../../src/bin/virtfs.ts');

describe('the process virtfs', () => {
  test.each(['--version', '-V'])('shows its version with %s', async (word) => {
    expect(await run([word])).toMatchObject({ status: 0, out: `virtfs ${version}\n`, err: '' });
  });

  test.each([['--version'], ['--help'], ['completion']])(
    'is silent and ends with 141 when nobody reads: %s',
    async (...words) => {
      const child = start(
        [...words, ...(words[0] === 'completion' ? ['bash'] : [])],
        ['ignore', 'pipe', 'pipe'],
      );
      child.stdout?.destroy();
      const err = collect(child.stderr);
      const [status] = await once(child, 'close');
      expect({ status, err: await err }).toEqual({ status: 141, err: '' });
    },
  );

  test('says so and ends with 74 when the disk is full', async () => {
    const child = start(['completion', 'bash'], ['ignore', openSync('/dev/full', 'w'), 'pipe']);
    const err = collect(child.stderr);
    const [status] = await once(child, 'close');
    expect({ status, err: await err }).toEqual({ status: 74, err: expect.stringContaining('[IO_ERROR]') });
  });

  test('puts errors on stderr and nothing on stdout', async () => {
    const ended = await run(['frob']);
    expect(ended).toMatchObject({ status: 64, out: '' });
    expect(ended.err).toMatch(/^virtfs: .*\[UNKNOWN_COMMAND\]\n {2}.*\n$/u);
  });
});

function start(words: readonly string[], stdio: StdioOptions) {
  const env = { PATH: process.env.PATH, VIRTFS_CONFIG_DIR: '/nonexistent' };
  return spawn(process.execPath, [script, ...words], { stdio, env });
}

async function run(words: readonly string[]) {
  const child = start(words, ['ignore', 'pipe', 'pipe']);
  const [out, err, [status]] = await Promise.all([
    collect(child.stdout),
    collect(child.stderr),
    once(child, 'close'),
  ]);
  return { status, out, err };
}

async function collect(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = '';
  for await (const chunk of stream ?? []) text += chunk;
  return text;
}

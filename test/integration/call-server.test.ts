import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { makeProgramInMemory } from '../../src/linux/program-in-memory.ts';
import { encodeCallServer, listings } from '../../src/pipeline/escape/encode-call-server.ts';
import { RemoteEnded, RemoteProcess } from '../../src/pipeline/escape/remote-process.ts';
import { needs } from '../support/needs.ts';

const arch = process.arch === 'arm64' ? 'arm64' : 'x64';

describe('The call server', () => {
  test.runIf(needs({ program: 'gcc' }, { program: 'objcopy' }))(
    'is what an assembler makes of the words beside its bytes',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'virtfs-asm-'));
      try {
        const syntax = arch === 'x64' ? ['.intel_syntax noprefix'] : [];
        const source = [...syntax, ...listings[arch].map(([, words]) => words), ''].join('\n');
        writeFileSync(join(folder, 'server.s'), source);
        execFileSync('gcc', ['-c', 'server.s', '-o', 'server.o'], { cwd: folder });
        execFileSync('objcopy', ['-O', 'binary', '--only-section=.text', 'server.o', 'server.bin'], {
          cwd: folder,
        });
        const bytes = listings[arch].map(([hex]) => hex.replaceAll(' ', '')).join('');
        expect(readFileSync(join(folder, 'server.bin')).toString('hex')).toBe(bytes);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  test('makes the calls it is asked for, and gives back what they left', async () => {
    await using server = start();
    expect((await server.call('getpid')).value).toBe(server.pid);
    expect(await server.call('openat', -100, '/nonexistent/file', 0, 0)).toMatchObject({
      value: -1,
      error: 'ENOENT',
    });
    const opened = await server.call('openat', -100, '/proc/self/comm', 0, 0);
    const read = await server.call('read', opened.value, Buffer.alloc(64), 64);
    expect(read.data(1).toString('latin1', 0, read.value)).toMatch(/^\S+\n$/u);
  });

  test('leaves no child of a fork behind', async () => {
    await using server = start();
    const childSignal = 17;
    const { value } = await server.fork(childSignal);
    expect(value).toBeGreaterThan(0);
    expect((await server.call('getpid')).value).toBe(server.pid);
  });

  test('ends when who asks it does', async () => {
    const server = start();
    await server.call('getpid');
    await server[Symbol.asyncDispose]();
    await expect(server.call('getpid')).rejects.toThrow(RemoteEnded);
  });
});

function start(): RemoteProcess {
  const program = makeProgramInMemory('test', encodeCallServer(arch));
  const server = new RemoteProcess({ words: [`/proc/self/fd/${program}`] });
  closeSync(program);
  return server;
}

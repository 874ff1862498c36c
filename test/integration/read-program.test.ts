import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readProgram } from '../../src/host/read-program.ts';
import { buildElf } from '../support/build-elf.ts';
import { needs } from '../support/needs.ts';

let dir = '';

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'virtfs-program-'));
});
afterAll(() => {
  rmSync(dir, { recursive: true });
});

describe('readProgram', () => {
  test('tells programs, scripts and data apart', () => {
    expect(readProgram(made('elf', buildElf({ needed: ['liba.so'], otherNames: 50_000 })))).toMatchObject({
      kind: 'elf',
      needed: ['liba.so'],
    });
    expect(readProgram(made('script', '#!/bin/sh -e\n'))).toEqual({
      kind: 'script',
      interpreter: '/bin/sh',
      argument: '-e',
    });
    expect(readProgram(made('broken', buildElf().subarray(0, 100)))).toMatchObject({ kind: 'broken' });
    for (const text of ['', '#', '\u007fEL', 'text'])
      expect(readProgram(made('data', text))).toEqual({ kind: 'data' });
  });

  test('takes what is not there, and what is no file, for data', () => {
    mkdirSync(join(dir, 'folder'));
    const absent = [
      join(dir, 'absent'),
      join(made('file', ''), 'below'),
      join(dir, 'x'.repeat(300)),
      join(dir, 'folder'),
    ];
    for (const path of absent) expect(readProgram(path)).toEqual({ kind: 'data' });
  });

  test('does not follow a link', () => {
    const link = join(dir, 'link');
    symlinkSync(made('target', buildElf()), link);
    expect(readProgram(link)).toEqual({ kind: 'data' });
  });

  test('does not wait at a FIFO, and does not read one that somebody writes to', async () => {
    const fifo = join(dir, 'fifo');
    execFileSync('mkfifo', [fifo]);
    expect(readProgram(fifo)).toEqual({ kind: 'data' });
    // Opened for both, so that the opening waits for nobody.
    const { spawn } = await import('node:child_process');
    const writer = spawn('sh', [
      '-c',
      'exec 3<>"$0"; printf "#!/bin/sh\\n" >&3; echo ready; exec sleep 60',
      fifo,
    ]);
    await new Promise((resolve) => writer.stdout.once('data', resolve));
    try {
      expect(readProgram(fifo)).toEqual({ kind: 'data' });
    } finally {
      writer.kill();
    }
  });

  test('takes sockets and devices for data', async () => {
    const socket = join(dir, 'socket');
    const server = createServer().listen(socket);
    while (!server.listening) await setTimeout(5);
    expect(readProgram(socket)).toEqual({ kind: 'data' });
    server.close();
    for (const device of ['/dev/null', '/dev/zero', '/dev/tty'])
      expect(readProgram(device)).toEqual({ kind: 'data' });
  });

  test.runIf(needs('root'))('says who may read a file it may not read itself', () => {
    const path = made('secret', buildElf());
    const script = `import { readProgram } from ${JSON.stringify(join(import.meta.dirname, '../../src/host/read-program.ts'))};
      process.seteuid(65534);
      try { readProgram(${JSON.stringify(path)}); } catch (error) { console.log(error.code); }`;
    execFileSync('chmod', ['0711', dir]);
    execFileSync('chmod', ['0111', path]);
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(said.trim()).toBe('NEEDS_ROOT');
  });
});

function made(name: string, content: string | Uint8Array): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

import { describe, expect, test } from 'vitest';
import { parseInterpreterLine } from '../../../src/closure/parse-interpreter-line.ts';

describe('parseInterpreterLine', () => {
  // biome-ignore format: a table
  test.each([
    ['#!/bin/sh\necho',           '/bin/sh',      ''],
    ['#!/bin/sh',                 '/bin/sh',      ''],
    ['#! \t/bin/sh \t-e  -x \t\n', '/bin/sh',     '-e  -x'],
    ['#!/usr/bin/env -S a b\n',   '/usr/bin/env', '-S a b'],
    ['#!/bin/sh\r\n',             '/bin/sh\r',    ''],
    ['#!perl -w\n',               'perl',         '-w'],
    ['#!/bin/sh\0 x\n',           '/bin/sh',      ''],
    ['#!/bin/sh a\0b\n',          '/bin/sh',      'a'],
  ])('reads %j', (text, interpreter, argument) => {
    expect(parse(text)).toEqual({ kind: 'script', interpreter, argument });
  });

  test.each(['', '#', '#!', '#!\n/bin/sh', '#! \t\n', ' #!/bin/sh\n', '#\0!/bin/sh'])(
    'runs nothing by %j',
    (text) => {
      expect(parse(text)).toEqual({ kind: 'data' });
    },
  );

  test('refuses a name that may be cut off at 256 bytes', () => {
    expect(parse(`#!/${'x'.repeat(300)}\n`)).toEqual({ kind: 'data' });
    expect(parse(`#!/${'x'.repeat(253)}`)).toEqual({ kind: 'data' });
    expect(parse(`#!${' '.repeat(300)}/bin/sh\n`)).toEqual({ kind: 'data' });
  });

  test('takes a name that ends before, and cuts its argument', () => {
    expect(parse(`#!/${'x'.repeat(252)} \n`)).toMatchObject({ interpreter: `/${'x'.repeat(252)}` });
    expect(parse(`#!/bin/sh ${'a'.repeat(300)}\n`)).toMatchObject({ argument: 'a'.repeat(255 - 10) });
  });
});

function parse(text: string) {
  return parseInterpreterLine(new TextEncoder().encode(text));
}

import { expect, test } from 'vitest';
import { parseEnvArgument } from '../../../src/closure/parse-env-argument.ts';

// biome-ignore format: a table
test.each([
  ['python3',                        'python3'],
  ['python3 -u',                     'python3 -u'],
  ['-S python3 -u',                  'python3'],
  ['-Spython3 -u',                   'python3'],
  ['-vS A=1 B="x y" ruby -w',        'ruby'],
  ['--split-string=perl -w',         'perl'],
  ['-S -i -u HOME -C / -- A=1 awk',  'awk'],
  ["-S 'my prog' x",                 'my prog'],
  ['-S "a\\"b" x',                   'a"b'],
  ['-S a\\ b',                       'a b'],
  ['',                               undefined],
  ['-S ',                            undefined],
  ['-S A=1',                         undefined],
])('parseEnvArgument finds the program of %j', (argument, program) => {
  expect(parseEnvArgument(argument)).toBe(program);
});

// exchange-folders A B: what is at A is at B and the other way round, in one step of the kernel (renameat2(2)).
import process from 'node:process';
import { check, libcFunction } from '../src/linux/libc.ts';

const atFdCwd = -100;
const renameExchange = 2;

const renameat2 = libcFunction<[number, string, number, string, number]>(
  'int renameat2(int, const char *, int, const char *, unsigned int)',
);

const [a = '', b = ''] = process.argv.slice(2);
check(renameat2(atFdCwd, a, atFdCwd, b, renameExchange), 'renameat2', b);

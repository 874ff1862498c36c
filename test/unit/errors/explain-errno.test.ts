import { describe, expect, test } from 'vitest';
import { exitStatus } from '../../../src/errors/error-codes.ts';
import { explainErrno } from '../../../src/errors/explain-errno.ts';
import { isErrno, VirtfsError } from '../../../src/errors/virtfs-error.ts';

describe('explainErrno', () => {
  // biome-ignore format: a table
  const rows = [
    ['ENOSPC',  'NO_SPACE',        /full/u],
    ['EDQUOT',  'NO_SPACE',        /quota/u],
    ['EACCES',  'NEEDS_ROOT',      /permission/u],
    ['EPERM',   'NEEDS_ROOT',      /permit/u],
    ['EROFS',   'READ_ONLY',       /read-only/u],
    ['EIO',     'IO_ERROR',        /disk/u],
    ['EMFILE',  'IO_ERROR',        /open files/u],
    ['ENOENT',  'PATH_MISSING',    /no such/u],
    ['ELOOP',   'PATH_IS_SYMLINK', /link/u],
    ['ENOTDIR', 'PATH_IS_SYMLINK', /link/u],
  ] as const;

  test.each(rows)('tells an administrator of %s', (errno, code, why) => {
    const cause = systemError(errno);
    const told = explainErrno(cause, 'cannot do it');
    expect(told).toBeInstanceOf(VirtfsError);
    expect(told).toMatchObject({ code, what: 'cannot do it', why: expect.stringMatching(why), cause });
    expect((told as VirtfsError).mend).not.toBe('');
    expect((told as VirtfsError).exitStatus).toBe(exitStatus[code]);
  });

  test('leaves a bug a bug', () => {
    for (const bug of [systemError('EBADF'), new TypeError('x'), 'text', undefined]) {
      expect(explainErrno(bug, 'cannot do it')).toBe(bug);
    }
  });

  test('leaves an error that is told already', () => {
    const told = explainErrno(systemError('ENOSPC'), 'cannot write a');
    expect(explainErrno(told, 'cannot make b')).toBe(told);
  });
});

describe('isErrno', () => {
  test('knows a system error by its name', () => {
    expect(isErrno(systemError('EXDEV'), 'EXDEV')).toBe(true);
    expect(isErrno(systemError('EXDEV'), 'ENOENT')).toBe(false);
    expect(isErrno({ code: 'EXDEV' }, 'EXDEV')).toBe(false);
    expect(isErrno(undefined, 'EXDEV')).toBe(false);
  });
});

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: open`), { code });
}

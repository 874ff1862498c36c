import { describe, expect, it } from 'vitest';
import { completeService } from '../../../src/virtuald/complete-service.ts';
import { describeStartFailure } from '../../../src/virtuald/describe-start-failure.ts';

const service = completeService({ name: 'ftp', program: ['/usr/sbin/vs\nftpd', '-x'], root: '/virtual' }, {});
const of = (failure: Parameters<typeof describeStartFailure>[2]) =>
  describeStartFailure(service, 'a.example', failure);

describe('describeStartFailure', () => {
  it('says what is wrong with a program, by its name, on one line', () => {
    expect(of({ step: 'run the program', code: 'ENOENT' })).toMatch(
      /^cannot start ftp in a\.example: \/usr\/sbin\/vs\S*ftpd: the tree has no such program/u,
    );
    expect(of({ step: 'run the program', code: 'EACCES' })).toContain('not an executable file');
    expect(of({ step: 'run the program', code: 'ELOOP' })).toMatch(/: ELOOP$/u);
  });

  it('says which step of its isolation failed', () => {
    expect(of({ step: 'set a limit', code: 'EPERM' })).toBe(
      'cannot start ftp in a.example: could not set a limit: EPERM',
    );
  });

  it('gives a reason that is a text as it is', () => {
    expect(of('EAGAIN: clone')).toBe('cannot start ftp in a.example: EAGAIN: clone');
  });
});

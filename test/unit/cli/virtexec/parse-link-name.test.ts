import { describe, expect, test } from 'vitest';
import { parseLinkName } from '../../../../src/cli/virtexec/parse-link-name.ts';

describe('parseLinkName', () => {
  test.each([
    ['/usr/sbin/virtvi', 'vi'],
    ['virtpasswd', 'passwd'],
    ['/x/virtexecutor', 'executor'],
    ['/x/virtexec', undefined],
    ['/x/virtexec.js', undefined],
    ['/x/virtexec.ts', undefined],
  ])('%s stands for %s', (script, program) => {
    expect(parseLinkName(script)).toBe(program);
  });

  test.each(['/usr/sbin/vi', '/x/virt', '/virt/vi', '/x/Virtvi', '/x/'])('refuses %s', (script) => {
    expect(() => parseLinkName(script)).toThrow(
      expect.objectContaining({ code: 'BAD_USAGE', exitStatus: 64 }),
    );
  });
});

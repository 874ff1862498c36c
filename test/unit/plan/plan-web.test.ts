import { describe, expect, it } from 'vitest';
import { planWeb } from '../../../src/plan/plan-web.ts';

describe('planWeb', () => {
  it('gives the folders to webmaster:www, and what is put into html to the group', () => {
    const owner = { uid: 200_000, gid: 200_000 };
    expect(planWeb({ owner }).map((entry) => [entry.path, 'mode' in entry && entry.mode])).toEqual([
      ['var/www', 0o755],
      ['var/www/html', 0o2775],
      ['var/www/master', 0o755],
      ['var/www/server', 0o755],
    ]);
    for (const entry of planWeb({ owner })) expect(entry).toMatchObject({ type: 'dir', owner });
  });
});

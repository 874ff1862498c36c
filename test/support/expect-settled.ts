import { expect } from 'vitest';
import { outOf, type Sandbox } from './sandbox.ts';

/** Nothing is left to do for an update, and a check finds nothing. */
export async function expectSettled({ virtfs }: Sandbox): Promise<void> {
  const update = ['update', '--all', '--json'];
  const roots = JSON.parse(outOf(await virtfs(update))) as readonly {
    readonly domains: readonly unknown[];
  }[];
  expect(roots.map(({ domains }) => domains)).toEqual([[]]);
  expect(await virtfs(['check', '--all'])).toMatchObject({ status: 0 });
}

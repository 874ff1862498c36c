import { check, libcFunction } from './libc.ts';

/** No program the calling thread starts from here on gains anything by set-id bits or file capabilities, for good. */
export function forbidNewPrivileges(): void {
  const noNewPrivileges = 38;
  const prctl = libcFunction<[number, number, number, number, number]>(
    'int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)',
  );
  check(prctl(noNewPrivileges, 1, 0, 0, 0), 'prctl');
}

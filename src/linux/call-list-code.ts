/**
 * The machine code of `void *run(uint64_t *list)` for `call-list.ts`, which has the layout of the list. In C, but for the
 * stack, which the child must not touch since it is the parent's too (clone(2), CLONE_VM | CLONE_VFORK):
 *
 *     sigprocmask(SIG_SETMASK, &list[4], &list[5]);
 *     long pid = clone(list[0], NULL, &list[1], NULL, NULL);
 *     if (pid != 0) { sigprocmask(SIG_SETMASK, &list[5], NULL); return pid; }
 *     for (uint64_t *call = &list[8]; ; call += 8) {
 *       long result = syscall(call[0], call[1], …, call[6]);
 *       if (result is an error) {
 *         if (call[7] == 0) { list[3] = result; list[6] = call; exit(127); }
 *         list[2] = result;
 *       }
 *     }
 *
 * test/integration/call-list.test.ts assembles the sources (test/fixtures/call-list-*.s) and compares.
 */
export const callListCode: Readonly<Record<'x64' | 'arm64', string>> = {
  x64: [
    'f30f1efa5341544889fbbf02000000488d7320488d532841ba08000000b80e0000000f05488b3b31f6488d53084531d24531c0b838000000',
    '0f054885c074224989c4bf02000000488d732831d241ba08000000b80e0000000f054c89e0415c5bc34c8d6340498b0424498b7c2408498b',
    '742410498b5424184d8b5424204d8b4424284d8b4c24300f05483d01f0ffff720c49837c243800740a488943104983c440ebc2488943184c',
    '896330bf7f000000b83c0000000f050f0b',
  ].join(''),
  arm64: [
    '5f2403d5e90300aa400080d22181009122a10091030180d2e81080d2010000d4200140f9010080d222210091030080d2040080d2881b80d2',
    '010000d4400100b4ea0300aa400080d221a10091020080d2030180d2e81080d2010000d4e0030aaac0035fd62a010191480140f9408540a9',
    '428d41a9449542a9010000d41ffc3fb1830000544b1d40f98b0000b4200900f94a010191f5ffff17200d00f92a1900f9e00f80d2a80b80d2',
    '010000d4000020d4',
  ].join(''),
};

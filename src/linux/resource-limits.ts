import { check, libcFunction } from './libc.ts';

/** Soft and hard limit of one resource; 0xffff_ffff_ffff_ffff is without limit (getrlimit(2)). */
export interface ResourceLimits {
  readonly soft: bigint;
  readonly hard: bigint;
}

/** `value` as the kernel has it; undefined is without limit. */
export function encodeLimit(value: number | undefined): bigint {
  return value === undefined ? 0xffff_ffff_ffff_ffffn : BigInt(value);
}

/** The limits of this process; `resource` is RLIMIT_* of the kernel. */
export function readResourceLimits(resource: number): ResourceLimits {
  const getrlimit = libcFunction<[number, Uint8Array]>('int getrlimit(int, _Out_ void *)');
  const limits = new BigUint64Array(2);
  check(getrlimit(resource, new Uint8Array(limits.buffer)), 'getrlimit');
  return { soft: limits[0] ?? 0n, hard: limits[1] ?? 0n };
}

/** Sets the limits of this process. A higher hard one needs CAP_SYS_RESOURCE. */
export function setResourceLimits(resource: number, { soft, hard }: ResourceLimits): void {
  const setrlimit = libcFunction<[number, Uint8Array]>('int setrlimit(int, const void *)');
  check(setrlimit(resource, new Uint8Array(new BigUint64Array([soft, hard]).buffer)), 'setrlimit');
}

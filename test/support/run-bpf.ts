/** What a seccomp filter is asked about: the head of `struct seccomp_data`. */
export interface AskedCall {
  readonly number: number;
  /** AUDIT_ARCH_*. */
  readonly arch: number;
  /** Low and high words of the arguments are taken from these. */
  readonly args?: readonly bigint[];
}

/** What a filter answers: `allow`, or the errno the call fails with. */
export type Answer = 'allow' | number;

/** Runs a seccomp filter as the kernel would; the instructions ours are made of, and no others. */
export function runBpf(filter: Uint8Array, call: AskedCall): Answer {
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, call.number, true);
  data.setUint32(4, call.arch, true);
  for (const [index, arg] of (call.args ?? []).entries()) data.setBigUint64(16 + 8 * index, arg, true);
  const program = new DataView(filter.buffer, filter.byteOffset, filter.byteLength);
  let accumulator = 0;
  for (let at = 0; at * 8 < filter.byteLength; at++) {
    const code = program.getUint16(at * 8, true);
    const k = program.getUint32(at * 8 + 4, true);
    const skip = (holds: boolean) => program.getUint8(at * 8 + (holds ? 2 : 3));
    switch (code) {
      case 0x20:
        accumulator = data.getUint32(k, true);
        break;
      case 0x54:
        accumulator = (accumulator & k) >>> 0;
        break;
      case 0x05:
        at += k;
        break;
      case 0x15:
        at += skip(accumulator === k);
        break;
      case 0x35:
        at += skip(accumulator >= k);
        break;
      case 0x06:
        return decode(k);
      default:
        throw new Error(`no instruction 0x${code.toString(16)} at ${at}`);
    }
  }
  throw new Error('the filter ran past its end');
}

function decode(answer: number): Answer {
  if (answer === 0x7fff0000) return 'allow';
  if (answer >>> 16 === 5) return answer & 0xffff;
  throw new Error(`no answer 0x${answer.toString(16)}`);
}

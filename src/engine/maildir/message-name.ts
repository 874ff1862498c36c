/** What names of messages are made of besides the time. */
export interface NameSource {
  /** Of the machine, as the kernel has it. */
  readonly host: string;
  readonly pid: number;
  /** Of threads of one process: 0 is the main one. */
  readonly thread: number;
}

/**
 * Makes names for files in `tmp` that no other delivery has (https://cr.yp.to/proto/maildir.html), another one at each
 * call: `1763942400.M123456P789_3_1.mail.example.org`, of the third message of thread 1. `micros` is now, since 1970.
 */
export function makeNamer({ host, pid, thread }: NameSource, micros: () => number): () => string {
  const end = `${thread === 0 ? '' : `_${thread}`}.${escapeHost(host)}`;
  let counter = 0;
  return () => {
    const now = Math.floor(micros());
    counter += 1;
    return `${Math.floor(now / 1e6)}.M${String(now % 1e6).padStart(6, '0')}P${pid}_${counter}${end}`;
  };
}

/** The name in `new` of what is `name` in `tmp`: it says how many bytes the message has, so that quotas need no look at it. */
export function nameDelivered(name: string, bytes: number): string {
  return `${name},S=${bytes}`;
}

/** The size such a name tells. */
export function readSizeOfName(name: string): number | undefined {
  const size = /,S=(\d{1,15})(?=[,:]|$)/u.exec(name)?.[1];
  return size === undefined ? undefined : Number(size);
}

/** Beyond `/` and `:`, whatever could end the name early (`,`) or could not be typed. */
function escapeHost(host: string): string {
  return host.slice(0, 64).replace(/[^a-z0-9.-]/giu, octal) || 'localhost';
}

function octal(char: string): string {
  return [...Buffer.from(char)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

import { functionOfNode } from './libc.ts';

/*
 * node:crypto takes 8 ms to load, a quarter of what an empty program of Node takes in all, and nearly every call needs
 * some digests. What it stands on, OpenSSL, is in the process already, where native modules may call it.
 */
const c = {
  sha256: functionOfNode<[Uint8Array, number, Uint8Array], unknown>(
    'const void *SHA256(const uint8_t *, size_t, _Out_ uint8_t *)',
  ),
  type: functionOfNode<[], unknown>('const void *EVP_sha256(void)'),
  begin: functionOfNode<[], unknown>('void *EVP_MD_CTX_new(void)'),
  init: functionOfNode<[unknown, unknown, undefined]>('int EVP_DigestInit_ex(void *, const void *, void *)'),
  update: functionOfNode<[unknown, Uint8Array, number]>(
    'int EVP_DigestUpdate(void *, const uint8_t *, size_t)',
  ),
  final: functionOfNode<[unknown, Uint8Array, undefined]>(
    'int EVP_DigestFinal_ex(void *, _Out_ uint8_t *, void *)',
  ),
  free: functionOfNode<[unknown], undefined>('void EVP_MD_CTX_free(void *)'),
};

const size = 32;

/** The SHA-256 of bytes, or of a text as UTF-8, in hexadecimal. */
export function sha256(data: string | Uint8Array): string {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  const digest = Buffer.alloc(size);
  requireDone(c.sha256(bytes, bytes.length, digest) !== null);
  return digest.toString('hex');
}

/** The SHA-256 of what comes in parts. */
export class Sha256 implements Disposable {
  readonly #context = c.begin();

  constructor() {
    requireDone(c.init(this.#context, c.type(), undefined) === 1);
  }

  update(bytes: Uint8Array): void {
    requireDone(c.update(this.#context, bytes, bytes.length) === 1);
  }

  /** In hexadecimal. To be asked once, at the end. */
  digest(): string {
    const digest = Buffer.alloc(size);
    requireDone(c.final(this.#context, digest, undefined) === 1);
    return digest.toString('hex');
  }

  [Symbol.dispose](): void {
    c.free(this.#context);
  }
}

function requireDone(isDone: boolean): void {
  if (!isDone) throw new Error('OpenSSL cannot make a SHA-256');
}

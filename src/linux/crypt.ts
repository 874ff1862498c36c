import { randomBytes } from 'node:crypto';
import koffi from 'koffi';

/** Larger than struct crypt_data of any C library. */
const workBytes = 256 * 1024;
const settingBytes = 192;

/**
 * Hashes a password for shadow(5) with the system's libcrypt: yescrypt, or sha512crypt where it has none (crypt(5)).
 * `password` is bytes without a zero. Undefined where the system has no libcrypt that can do either.
 */
export function hashPassword(password: Uint8Array): string | undefined {
  const lib = loadLibcrypt();
  if (lib === undefined) return undefined;
  const crypt = lib.func('void *crypt_r(const void *, const char *, void *)');
  const phrase = new Uint8Array(password.length + 1);
  phrase.set(password);
  const work = Buffer.alloc(workBytes);
  try {
    for (const setting of settings(lib)) {
      const result: unknown = crypt(phrase, setting, work);
      const hash = result === null ? '' : String(koffi.decode(result, 'char', 512)).split('\0')[0];
      // `*0` and `*1` say that it failed.
      if (hash?.startsWith(setting.slice(0, 3)) && hash.length > setting.length) return hash;
    }
    return undefined;
  } finally {
    phrase.fill(0);
    work.fill(0);
  }
}

type Library = ReturnType<typeof koffi.load>;

function loadLibcrypt(): Library | undefined {
  for (const name of ['libcrypt.so.1', 'libcrypt.so.2']) {
    try {
      return koffi.load(name);
    } catch {
      // The loader's text is all there is: this one is not installed.
    }
  }
  return undefined;
}

function settings(lib: Library): readonly string[] {
  const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  const salt = [...randomBytes(16)].map((byte) => alphabet[byte & 63]).join('');
  return [...yescryptSetting(lib), `$6$${salt}`];
}

function yescryptSetting(lib: Library): readonly string[] {
  const gensalt = findGensalt(lib);
  const random = randomBytes(32);
  const setting = Buffer.alloc(settingBytes);
  if (!gensalt?.('$y$', 0, random, random.length, setting, setting.length)) return [];
  return [setting.toString('latin1', 0, setting.indexOf(0))];
}

/** The C library's own libcrypt, older than libxcrypt, has no such function, and no yescrypt. */
function findGensalt(lib: Library) {
  try {
    return lib.func('void *crypt_gensalt_rn(const char *, unsigned long, const void *, int, void *, int)');
  } catch {
    return undefined;
  }
}

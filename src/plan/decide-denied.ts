import type { Profile } from '../domain/profile.ts';
import { isPattern } from '../domain/profile-rules.ts';

/** `pattern` is matched against a whole absolute path. */
interface Denial {
  readonly pattern: RegExp;
  readonly reason: string;
}

// biome-ignore format: a table
const denials: readonly Denial[] = [
  // Secrets.
  { pattern: /^\/etc\/g?shadow(?:[-+.~].*)?$/u,                reason: 'it holds password hashes of the host' },
  { pattern: /^\/etc\/(?:passwd|group|sub[ug]id)(?:[-+.~].*)?$/u, reason: 'the accounts of a tree are its own' },
  { pattern: /^\/etc\/(?:security\/opasswd|.*\.htpasswd|krb5\.keytab|.*\.keytab)$/u, reason: 'it holds passwords or keys of the host' },
  { pattern: /^\/etc\/ssh\/.*_key(?:[-+.~].*)?$/u,             reason: 'it is a host key' },
  { pattern: /^\/etc\/ssl\/private(?:\/.*)?$/u,                reason: 'it holds private keys of the host' },
  { pattern: /^\/etc\/(?:pki\/.*\/private|letsencrypt|ipsec\.d|ipsec\.secrets|wireguard|openvpn|ppp|NetworkManager|netplan|wpa_supplicant)(?:\/.*)?$/u, reason: 'it holds private keys or passwords of the host' },
  { pattern: /^\/(?:etc|usr\/share\/ca-certificates|var)\/.*\.(?:key|p12|pfx|jks|keystore)$/u, reason: 'it may hold a private key' },
  { pattern: /^(?:\/.*)?\/id_(?:rsa|dsa|ecdsa|ecdsa_sk|ed25519|ed25519_sk)$/u, reason: 'it is a private key of a user' },
  { pattern: /^(?:\/.*)?\/(?:\.ssh|\.gnupg|\.aws|\.kube)(?:\/.*)?$/u, reason: 'it holds private keys of a user' },
  { pattern: /^(?:\/.*)?\/\.(?:netrc|pgpass|my\.cnf|bash_history|git-credentials)$/u, reason: 'it may hold passwords of a user' },
  { pattern: /^\/etc\/(?:sudoers(?:\.d)?|sudo(?:_logsrvd)?\.conf|doas\.conf|polkit-1)(?:\/.*)?$/u, reason: 'it says who may be root on the host' },
  // Who the host is.
  { pattern: /^\/etc\/(?:machine-id|hostid|adjtime|fstab|crypttab|mdadm(?:\/.*)?)$/u, reason: 'it belongs to this one machine' },
  { pattern: /^\/etc\/(?:hostname|HOSTNAME|hosts|mailname|resolv\.conf)$/u, reason: 'a tree has its own, which names its domain alone' },
  { pattern: /^\/etc\/(?:virtfs)(?:\/.*)?$/u,                  reason: 'it names the domains of the host' },
  // Other people's data.
  { pattern: /^\/root(?:\/.*)?$/u,                             reason: 'it is the home of the host\'s root' },
  { pattern: /^\/(?:home|srv|mnt|media|tmp|var\/tmp|lost\+found)\/.*$/u, reason: 'it is data of the host' },
  { pattern: /^\/var\/(?:lib|log|cache|spool|mail|backups|opt|www|lock|run|crash)\/.*$/u, reason: 'it is state of the host' },
  // What is no file of the host's disk.
  { pattern: /^\/(?:proc|sys|dev|run|boot)\/.*$/u,             reason: 'it belongs to the kernel or to what runs now' },
];

/**
 * Why a host path stays out of every tree, or undefined when it may come in. Wins over everything a profile includes,
 * but for /usr/local: it stays out (as in the HOWTO, 4.1) unless an entry of `files` or `optional-files` is it or is
 * below it, and then that entry's own part of it may come in.
 * Folders that may hold other things are denied by what is in them, so that the way to those stays open.
 */
export function decideDenied(
  path: string,
  profile: Pick<Profile, 'files' | 'optionalFiles'>,
): string | undefined {
  if (isBelow(path, '/usr/local') && !isNamed(path, [...profile.files, ...profile.optionalFiles])) {
    return 'what is under /usr/local stays out unless the profile names it in files';
  }
  if (isBelow(path, '/virtual')) return 'trees of domains are not copied into one another';
  return denials.find((denial) => denial.pattern.test(path))?.reason;
}

function isNamed(path: string, files: readonly string[]): boolean {
  return files
    .map(fixedPart)
    .some((named) => isBelow(named, '/usr/local') && (isBelow(path, named) || isBelow(named, path)));
}

/** The folders of a pattern before the first that needs matching. */
function fixedPart(pattern: string): string {
  const parts = pattern.split('/');
  const first = parts.findIndex(isPattern);
  return (first === -1 ? parts : parts.slice(0, first)).join('/');
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

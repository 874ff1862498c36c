import { execFileSync } from 'node:child_process';
import { chownSync, copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A configuration of Postfix without a domain, below `base`; SMTP at 127.0.0.1:2525. Gives its folder. */
export function writePostfixConfig(base: string, unpacked: string, owner: number): string {
  const dir = join(base, 'postfix');
  cpSync(join(unpacked, 'etc/postfix'), dir, { recursive: true });
  copyFileSync(join(unpacked, 'usr/share/postfix/dynamicmaps.cf'), join(dir, 'dynamicmaps.cf'));
  for (const name of ['queue', 'data']) mkdirSync(join(base, name));
  chownSync(join(base, 'data'), owner, 0);
  const main = [
    'compatibility_level = 3.6',
    'myhostname = mx.example.net',
    'mydestination =',
    'mynetworks =',
    'inet_interfaces = 127.0.0.1',
    'inet_protocols = ipv4',
    `queue_directory = ${base}/queue`,
    `data_directory = ${base}/data`,
    'command_directory = /usr/sbin',
    'daemon_directory = /usr/lib/postfix/sbin',
    `meta_directory = ${dir}`,
    'shlib_directory = /usr/lib/postfix',
    'setgid_group = postdrop',
    `maillog_file = ${base}/log`,
    `maillog_file_prefixes = ${base}`,
    'minimal_backoff_time = 1s',
    'maximal_backoff_time = 2s',
    'queue_run_delay = 1s',
  ];
  writeFileSync(join(dir, 'main.cf'), `${main.join('\n')}\n`);
  writeFileSync(join(dir, 'master.cf'), `${postfixServices.join('\n')}\n`);
  return dir;
}

const postfixServices = [
  '127.0.0.1:2525 inet n - n - - smtpd',
  'cleanup unix n - n - 0 cleanup',
  'qmgr unix n - n 300 1 qmgr',
  'rewrite unix - - n - - trivial-rewrite',
  ...['bounce', 'defer', 'trace'].map((name) => `${name} unix - - n - 0 bounce`),
  'verify unix - - n - 1 verify',
  'proxymap unix - - n - - proxymap',
  'flush unix n - n - 0 flush',
  ...['error', 'retry'].map((name) => `${name} unix - - n - - error`),
  'postlog unix-dgram n - n - 1 postlogd',
  'smtp unix - - n - - smtp',
];

/**
 * A configuration of Exim with what `virtfs mail config exim` laid in `dir`, where Exim looks for it: for another one it
 * gives up being root. For all programs of this mount namespace until disposal; logs in `base`.
 */
export function layEximConfig(base: string, dir: string, owner: number): Disposable {
  const etc = join(base, 'etc');
  mkdirSync(join(etc, 'exim4'), { recursive: true });
  mkdirSync(join(base, 'logs'));
  chownSync(join(base, 'logs'), owner, owner);
  const lines = [
    'primary_hostname = mx.example.net',
    'keep_environment =',
    `spool_directory = ${base}/spool`,
    `log_file_path = ${base}/logs/%s`,
    'acl_smtp_rcpt = rcpt',
    'begin acl',
    'rcpt:',
    `  accept domains = lsearch;${dir}/virtfs-domains`,
    '  deny message = relay not permitted',
    'begin routers',
    `.include ${dir}/virtfs-router`,
    'begin transports',
    `.include ${dir}/virtfs-transport`,
    'begin retry',
    '* * F,1h,1s',
  ];
  writeFileSync(join(etc, 'exim4/exim4.conf'), `${lines.join('\n')}\n`);
  execFileSync('mount', ['-t', 'overlay', '-o', `lowerdir=${etc}:/etc`, 'virtfs-etc', '/etc']);
  return { [Symbol.dispose]: () => execFileSync('umount', ['--lazy', '/etc']) };
}

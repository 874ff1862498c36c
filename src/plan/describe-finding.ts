import type { DomainName } from '../domain/domain-name.ts';
import { mayShareInode } from '../domain/shared-dirs.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import type { Finding, FindingKind } from '../manifest/finding.ts';
import { decideKeeping } from './decide-keeping.ts';

/** Where a finding is, and what is the case. */
export interface FindingPlace {
  readonly root: string;
  readonly domain?: DomainName;
  readonly path: string;
  readonly kind: FindingKind;
  readonly what: string;
  /** Where the kind alone does not tell what to do. */
  readonly mend?: string;
  /** A command that puts the path right, without the path. */
  readonly fix?: string;
}

/** A finding with the reason why it matters, and what to do. */
export function describeFinding({ root, domain, path, kind, what, mend, fix }: FindingPlace): Finding {
  const text = texts[kind];
  const at: MendPlace = { root, domain: domain ?? 'DOMAIN', path };
  return {
    root,
    ...(domain === undefined ? {} : { domain }),
    path,
    kind,
    what,
    why: text.why,
    mend: mend ?? (fix === undefined ? text.mend(at) : inside(at, fix)),
  };
}

interface MendPlace {
  readonly root: string;
  readonly domain: string;
  /** As it is, relative to the tree. */
  readonly path: string;
}

type Mend = (at: MendPlace) => string;

/** Puts right what was laid: the system's by laying it again, what says who may come in by what the domain has. */
const repair: Mend = (at) => {
  switch (decideKeeping(at.path)) {
    case 'accounts':
      return `put its backup back: ${inside(at, `cp -p ${quotePath(`${at.path}-`)}`)}`;
    case 'configuration':
      return `virtfs diff ${at.domain} --accept ${quotePath(at.path)}`;
    default:
      return `virtfs update --repair ${at.domain}`;
  }
};

/** A command for one path, run as root of the domain: a host path can be bent by whoever owns a folder on the way. */
function inside({ root, domain, path }: MendPlace, command: string): string {
  // There root of the domain cannot write, nor put a link in the way.
  if (mayShareInode(path)) return `${command} ${quotePath(`${root}/${domain}/${path}`.slice(1))}`;
  return `virtexec --domain ${domain} ${command} ${quotePath(path)}`;
}

const texts: Readonly<Record<FindingKind, { readonly why: string; readonly mend: Mend }>> = {
  missing: { why: 'it was laid there, and programs of the tree count on it', mend: repair },
  changed: {
    why: 'it is no longer what the host has: whoever changed it decides what those do who use it',
    mend: repair,
  },
  'wrong-type': { why: 'programs of the tree find something else than they count on', mend: repair },
  'foreign-owner': { why: 'its owner can change what all others in the tree go by', mend: repair },
  'foreign-mode': { why: 'too many may write or read it, or those who need it cannot use it', mend: repair },
  outdated: {
    why: 'the tree lacks what was mended on the host since, security fixes too',
    mend: ({ domain }) => `virtfs update ${domain}`,
  },
  'set-id': {
    why: 'no profile asked for it: it hands its owner’s rights in the tree to whoever runs it',
    mend: (at) =>
      `find out who made it, then: ${inside(at, 'chmod u-s,g-s')} - or name it under setid in the profile`,
  },
  capabilities: {
    why: 'no profile asked for it: who runs it gets rights that only root should have',
    mend: (at) => `find out who made it, then: ${inside(at, 'rm')}`,
  },
  device: {
    why: 'no profile asked for it: a device may lead to disks and memory of the host',
    mend: (at) => `find out who made it, then: ${inside(at, 'rm')}`,
  },
  secret: {
    why: 'who gets at it can pose as its owner, and a tree must hold no secret of the host',
    mend: (at) =>
      `replace it where it is in use, for it may be known, and: ${inside(at, 'rm')} - or, if it is the domain’s own: ${inside(at, 'chmod o-rwx')}`,
  },
  'dangling-link': {
    why: 'a program that follows it finds nothing',
    mend: (at) => `put back what it leads to, or take the link away: ${inside(at, 'rm')}`,
  },
  'stale-log': { why: 'what programs of the tree send to syslog is lost', mend: repair },
  waiting: {
    why: 'an update brought a new version of a file that the domain had changed, and nobody chose yet',
    mend: ({ domain }) => `virtfs diff ${domain}`,
  },
  alias: {
    why: 'the domain is reached by other names than its record says',
    mend: ({ domain }) => `virtfs alias list ${domain}`,
  },
  record: {
    why: 'without it nobody knows what the tree is to hold, and no command can keep it right',
    mend: repair,
  },
  'damaged-object': {
    why: 'every tree that shares it has the damage, and new trees would get it',
    mend: () => 'virtfs update --repair --all',
  },
  mount: {
    why: 'what is mounted there is not looked at, and removing the domain would stop at it',
    mend: ({ root, domain, path }) =>
      `see what it is: findmnt ${quotePath(`${root}/${domain}/${path}`.slice(1))}`,
  },
  unread: {
    why: 'something may hide in what was not looked at',
    mend: ({ domain }) => `look at it, and at who works in it; then: virtfs check ${domain}`,
  },
};

/** Plain paths stay as they are; others are quoted. Control characters are shown, not kept: nobody should paste those. */
export function quotePath(path: string): string {
  const text = `/${escapeLines(path)}`;
  return /^[\w./+@%:,=-]+$/u.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

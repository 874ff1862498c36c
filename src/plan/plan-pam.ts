import { posix } from 'node:path';
import { type PamModule, parsePam } from '../closure/parse-pam.ts';
import type { HostView } from '../domain/host-view.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import type { Entry } from '../manifest/entry.ts';
import { etcFile, etcFolder } from './etc-file.ts';
import { type EtcTemplates, renderEtc } from './etc-templates.ts';
import { findForeignName } from './find-foreign-name.ts';
import { findPamModule } from './find-pam-module.ts';
import { findSecret } from './find-secret.ts';
import { readHostText } from './read-host-file.ts';

export interface PamRequest {
  /** Names of the host's /etc/pam.d that the profile asks for; those the host lacks are left out. */
  readonly services: readonly string[];
  readonly host: HostView;
  readonly templates: EtcTemplates;
  /** As for `planHostEtc`. */
  readonly foreign: readonly string[];
}

export interface PlannedPam {
  readonly entries: readonly Entry[];
  /** Host paths of the modules that the files name. */
  readonly modules: readonly string[];
  readonly notices: readonly string[];
}

/** The configuration file of each module that has one: without it a module complains in the log, or refuses. */
// biome-ignore format: a table
const configurations: Readonly<Record<string, string>> = {
  'pam_access.so':   'access.conf',
  'pam_env.so':      'pam_env.conf',
  'pam_faillock.so': 'faillock.conf',
  'pam_group.so':    'group.conf',
  'pam_limits.so':   'limits.conf',
  'pam_time.so':     'time.conf',
};

/**
 * A tree's pam.d(5) and etc/security. `common-*` and `other` are stock ones that need pam_unix, pam_permit and pam_deny
 * alone; services are as on the host, with all they include, but site rules of the host's etc/security stay there.
 * A template `pam.d/NAME` of the administrator's wins over the host's file.
 */
export function planPam({ services, host, templates, foreign }: PamRequest): PlannedPam {
  const notices: string[] = [];
  const rendered = renderEtc(templates, (name) => /^(?:pam\.d|security)\//u.test(name), {
    hash: chooseHash(host),
  });
  const stock = new Map(
    rendered.filter(({ name }) => name.startsWith('pam.d/')).map((file) => [posix.basename(file.name), file]),
  );
  const files = new Map<string, { readonly text: string; readonly why: string }>();

  const queue = [...stock.keys(), ...services];
  // The queue grows by what is included while it is walked.
  for (const name of queue) {
    if (files.has(name) || !/^[\w+.-]+$/u.test(name)) continue;
    const ours = stock.get(name);
    const text = ours?.text ?? readHostText(host, `/etc/pam.d/${name}`);
    if (text === undefined) continue;
    const unfit = ours === undefined ? whyNotCopied(text, foreign) : undefined;
    if (unfit !== undefined) {
      notices.push(`/etc/pam.d/${name} of the host is not copied: it ${unfit}`);
      continue;
    }
    files.set(name, {
      text,
      why: ours ? 'PAM rules that fit any tree' : `PAM rules of ${name}, as on the host`,
    });
    queue.push(...parsePam(text).includes);
  }

  const lines = [...files].flatMap(([service, { text }]) =>
    parsePam(text).modules.map((module) => ({ ...module, service })),
  );
  const modules = findModules(lines, host, notices);
  const named = new Set(lines.map(({ path }) => posix.basename(path)));
  const wanted = new Set(
    Object.entries(configurations).flatMap(([module, file]) => (named.has(module) ? [file] : [])),
  );
  const security = rendered.filter(
    ({ name, site }) => name.startsWith('security/') && (site || wanted.has(posix.basename(name))),
  );
  return {
    entries: [
      etcFolder('pam.d', 'how each service asks who somebody is'),
      ...[...files].map(([name, { text, why }]) => etcFile(`pam.d/${name}`, text, why)),
      etcFolder('security', 'settings of PAM modules'),
      ...security.map(({ name, text }) => etcFile(name, text, 'settings of a PAM module, none of them set')),
    ],
    modules,
    notices,
  };
}

type ModuleLine = PamModule & { readonly service: string };

function findModules(lines: readonly ModuleLine[], host: HostView, notices: string[]): string[] {
  const found = new Set<string>();
  const missing = new Map<string, string>();
  for (const { path, optional, service } of lines) {
    const at = findPamModule(path, host);
    if (at !== undefined) found.add(at);
    else if (!optional) missing.set(path, service);
  }
  for (const [module, service] of missing) {
    notices.push(`PAM rules of ${service} name ${escapeLines(module)}, which this host does not have`);
  }
  return [...found];
}

function whyNotCopied(text: string, foreign: readonly string[]): string | undefined {
  const secret = findSecret(text);
  if (secret !== undefined) return `holds ${secret}`;
  const stranger = findForeignName(text, foreign);
  return stranger === undefined ? undefined : `names ${escapeLines(stranger)}`;
}

/** How passwords are hashed: as pam_unix(8) of the host does, else by login.defs(5), else yescrypt. */
function chooseHash(host: HostView): string {
  const fit = ['yescrypt', 'gost_yescrypt', 'sha512', 'sha256', 'blowfish'];
  const rules = readHostText(host, '/etc/pam.d/common-password') ?? '';
  const unix = rules.split('\n').find((line) => /^password\s.*\bpam_unix\.so\s/u.test(line)) ?? '';
  const method = /^\s*ENCRYPT_METHOD\s+(?<name>\w+)/mu.exec(readHostText(host, '/etc/login.defs') ?? '')
    ?.groups?.name;
  return (
    [...unix.split(/\s+/u), method?.toLowerCase() ?? ''].find((word) => fit.includes(word)) ?? 'yescrypt'
  );
}
